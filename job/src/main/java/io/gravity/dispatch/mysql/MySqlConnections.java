package io.gravity.dispatch.mysql;

import com.mysql.cj.jdbc.Driver;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.gravity.dispatch.TargetConfig;
import java.time.Duration;
import java.util.Properties;

/** How a target's connections are made: the session's settings, time limits, and the pool. */
final class MySqlConnections {
    /** How long a batch waits for a connection; below the pool's own retries, so that a dead server shows soon. */
    private static final Duration WAIT = Duration.ofSeconds(5);

    private static final String SESSION =
            "time_zone='+00:00'," + "sql_mode='NO_AUTO_VALUE_ON_ZERO,STRICT_ALL_TABLES,ALLOW_INVALID_DATES'";

    private MySqlConnections() {}

    /** Makes the pool without reaching the server. */
    static HikariDataSource pool(TargetConfig.MySql config) {
        var pool = new HikariConfig();
        pool.setPoolName("target-" + config.name());
        pool.setDriverClassName(Driver.class.getName());
        pool.setJdbcUrl("jdbc:mysql://" + address(config.host()) + ":" + config.port() + "/");
        pool.setUsername(config.username());
        pool.setPassword(config.password().reveal());
        pool.setDataSourceProperties(properties(config));
        pool.setMaximumPoolSize(Math.max(1, config.delivery().maxInFlight()));
        pool.setMinimumIdle(0);
        pool.setInitializationFailTimeout(-1);
        pool.setConnectionTimeout(WAIT.toMillis());
        pool.setValidationTimeout(Duration.ofSeconds(3).toMillis());
        pool.setAutoCommit(false);
        pool.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        return new HikariDataSource(pool);
    }

    /** Returns the driver's settings; the target's own win, and its session variables come beside ours. */
    static Properties properties(TargetConfig.MySql config) {
        var all = new Properties();
        all.setProperty("characterEncoding", "UTF-8");
        all.setProperty("connectionTimeZone", "UTC");
        all.setProperty("connectTimeout", "10000");
        all.setProperty("socketTimeout", "60000");
        all.setProperty("tcpKeepAlive", "true");
        all.setProperty("sslMode", "PREFERRED");
        all.setProperty("allowPublicKeyRetrieval", "true");
        all.setProperty("useLocalSessionState", "true");
        all.setProperty("cacheServerConfiguration", "false");
        all.setProperty("useServerPrepStmts", "false");
        // A batch of deletes goes in one round trip.
        all.setProperty("rewriteBatchedStatements", "true");
        all.setProperty("cachePrepStmts", "true");
        all.setProperty("prepStmtCacheSize", "256");
        all.setProperty("prepStmtCacheSqlLimit", "131072");
        all.putAll(config.jdbcProperties());
        var own = config.jdbcProperties().get("sessionVariables");
        all.setProperty("sessionVariables", own == null ? SESSION : own + "," + SESSION);
        return all;
    }

    /** Returns the host as a URL holds it: IPv6 in brackets. */
    private static String address(String host) {
        return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
    }
}
