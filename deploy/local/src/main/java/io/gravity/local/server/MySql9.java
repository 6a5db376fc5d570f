package io.gravity.local.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Starts Oracle's MySQL 9 with GTIDs, from the packages of Debian's development suite (330
 * MB unpacked). The suite moves, so the version drifts within MySQL 9.
 */
public final class MySql9 {
    private static final DebianPackages PACKAGES =
            new DebianPackages("mysql-9", "sid", "mysql-server-core", "usr/sbin/mysqld");
    private static final Duration INIT_LIMIT = Duration.ofMinutes(2);

    private MySql9() {}

    /** Starts with the defaults. */
    public static DatabaseServer start(String name, Path folder) {
        return start(name, folder, DatabaseOptions.none());
    }

    /**
     * Starts a server; a folder used before continues with its data, on a new port.
     *
     * @throws ServerUnavailableException if the packages can't be had
     */
    public static DatabaseServer start(String name, Path folder, DatabaseOptions options) {
        return LocalDatabaseServer.start(name, folder, options, new Unpacked(PACKAGES.unpacked()));
    }

    /** The unpacked packages, laid out as on a Debian machine. */
    private record Unpacked(Path root) implements LocalDatabaseServer.Flavour {
        @Override
        public List<String> command() {
            var command = new ArrayList<>(PACKAGES.program(root));
            command.addAll(List.of(
                    "--no-defaults",
                    "--basedir=" + root.resolve("usr"),
                    "--lc-messages-dir=" + root.resolve("usr/share/mysql"),
                    "--character-sets-dir=" + root.resolve("usr/share/mysql/charsets"),
                    "--plugin-dir=" + root.resolve("usr/lib/mysql/plugin"),
                    "--secure-file-priv=",
                    "--mysqlx=OFF",
                    "--innodb-redo-log-capacity=128M"));
            return command;
        }

        @Override
        public List<String> serving() {
            return List.of("--gtid-mode=ON", "--enforce-gtid-consistency=ON");
        }

        @Override
        public void initialise(Path data, Path log) throws IOException {
            Path script = Files.createTempFile("gravity-", ".sql");
            try {
                Files.writeString(script, LocalDatabaseServer.CREATE_USERS);
                var command = new ArrayList<>(command());
                command.addAll(LocalDatabaseServer.storage(data));
                command.addAll(List.of("--initialize-insecure", "--init-file=" + script));
                Commands.run(root, log, Optional.empty(), INIT_LIMIT, command);
            } finally {
                Files.delete(script);
            }
        }
    }
}
