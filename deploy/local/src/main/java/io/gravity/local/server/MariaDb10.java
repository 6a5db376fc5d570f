package io.gravity.local.server;

import java.nio.file.Path;

/**
 * Starts MariaDB 10.11, which Debian 12 has and many still run, whatever the default server is here
 * (from Debian's packages, 70 MB unpacked).
 */
public final class MariaDb10 {
    private static final DebianPackages PACKAGES =
            new DebianPackages("mariadb-10", "bookworm", "mariadb-server-core", "usr/sbin/mariadbd");

    private MariaDb10() {}

    /**
     * Starts a server; a folder used before continues with its data, on a new port.
     *
     * @throws ServerUnavailableException if the packages can't be had
     */
    public static DatabaseServer start(String name, Path folder) {
        Path root = PACKAGES.unpacked();
        var server = new MariaDb(PACKAGES.program(root), root.resolve("usr/share/mysql"));
        return LocalDatabaseServer.start(name, folder, DatabaseOptions.none(), server);
    }
}
