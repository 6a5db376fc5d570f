package io.gravity.local.server;

import java.nio.file.Path;

/**
 * Starts database servers. The first of these that is there is taken:
 *
 * <ol>
 *   <li>an external server: system property {@code gravity.test.mysql.url} (a JDBC address, its
 *       settings after {@code ?} are kept), with {@code .user}, {@code .password},
 *       {@code .admin.user} and {@code .admin.password} in place of {@code .url}; with
 *       {@code gravity.test.mysql.NAME.url} and so on for one server by its name;
 *   <li>the machine's own MariaDB at {@code /usr/sbin/mariadbd} (system property
 *       {@code gravity.mariadbd} names another path);
 *   <li>MariaDB 11.4 from the Maven artifact on the class path, unpacked into the cache folder.
 * </ol>
 *
 * <p>{@link MySql9} starts Oracle's server instead. Each server takes about 0.2 GB of memory, and a
 * first start 1 to 3 s, later ones under 1 s.
 */
public final class DatabaseServers {
    private DatabaseServers() {}

    /** Starts with the defaults. */
    public static DatabaseServer start(String name, Path folder) {
        return start(name, folder, DatabaseOptions.none());
    }

    /**
     * Starts a server; a folder used before continues with its data, on a new port.
     *
     * @param name for messages and for the properties of an external server
     * @param folder receives data and log; created if absent; an external server ignores it
     * @param options an external server ignores them
     */
    public static DatabaseServer start(String name, Path folder, DatabaseOptions options) {
        return ExternalDatabaseServer.find(name)
                .orElseGet(() -> LocalDatabaseServer.start(name, folder, options, MariaDb.find()));
    }
}
