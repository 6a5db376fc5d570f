package io.gravity.source;

import com.mysql.cj.MysqlConnection;
import com.mysql.cj.Query;
import com.mysql.cj.interceptors.QueryInterceptor;
import com.mysql.cj.log.Log;
import com.mysql.cj.protocol.Resultset;
import com.mysql.cj.protocol.ServerSession;
import java.sql.SQLException;
import java.util.Properties;
import java.util.function.Supplier;

/**
 * Answers {@code SHOW MASTER STATUS} with {@code SHOW BINARY LOG STATUS} on servers that dropped the former: MySQL 8.4
 * and later. The connector sends the old statement only. Loaded by Connector/J by name, once per connection.
 */
public final class MasterStatusInterceptor implements QueryInterceptor {
    private static final String OLD = "SHOW MASTER STATUS";
    private static final String NEW = "SHOW BINARY LOG STATUS";

    private com.mysql.cj.jdbc.JdbcConnection connection;
    private boolean renamed;

    @Override
    public QueryInterceptor init(MysqlConnection conn, Properties props, Log log) {
        this.connection = (com.mysql.cj.jdbc.JdbcConnection) conn;
        return this;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // Connector/J's own signature and result set
    public <T extends Resultset> T preProcess(Supplier<String> sql, Query query) {
        if (renamed || !OLD.equalsIgnoreCase(sql.get().strip()) || !dropped()) {
            return null;
        }
        renamed = true;
        try {
            // Not closed here: closing it would close the result set that the caller reads.
            return (T) connection.createStatement().executeQuery(NEW);
        } catch (SQLException e) {
            throw new IllegalStateException(NEW + " failed: " + e.getMessage(), e);
        } finally {
            renamed = false;
        }
    }

    private boolean dropped() {
        var version = connection.getServerVersion();
        return !version.toString().contains("MariaDB") && version.meetsMinimum(new com.mysql.cj.ServerVersion(8, 4, 0));
    }

    @Override
    public boolean executeTopLevelOnly() {
        return true;
    }

    @Override
    public void destroy() {
        connection = null;
    }

    @Override
    public <T extends Resultset> T postProcess(
            Supplier<String> sql, Query query, T originalResultSet, ServerSession serverSession) {
        return null;
    }
}
