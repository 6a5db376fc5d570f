package io.gravity.source;

import io.debezium.connector.mysql.MySqlConnection;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;

/**
 * A connection that adds a condition to the statement with which the connector reads a table: its own chunks are ranges of
 * one column, ours are ranges of a key and whatever an operator asks for. All else, above all how values are read, stays
 * the connector's.
 */
final class ConditionedConnection extends MySqlConnection {
    private static final String READ_TABLE = "SELECT * FROM ";

    private volatile String condition;

    ConditionedConnection(MySqlSourceConfig config) {
        super(new MySqlConnectionConfiguration(config.getDbzConfiguration(), config.getJdbcProperties()));
    }

    /** Sets the condition of the next table read; {@code null} for none. */
    void setCondition(String newCondition) {
        condition = newCondition;
    }

    @Override
    public synchronized Connection connection() throws SQLException {
        var plain = super.connection();
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                    if (method.getName().equals("prepareStatement") && args[0] instanceof String sql) {
                        args[0] = conditioned(sql);
                    }
                    try {
                        return method.invoke(plain, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private String conditioned(String sql) {
        var added = condition;
        return added == null || !sql.startsWith(READ_TABLE) ? sql : sql + " WHERE " + added;
    }
}
