package io.gravity.local.server;

import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Database servers for tests beside the default one. Their packages are Debian's; elsewhere what needs them can't run:
 * such a test ends as skipped and says why.
 */
public final class OtherServers {
    private OtherServers() {}

    /** Oracle's, whose binlog has GTIDs. */
    public static DatabaseServer mySql9(String name, Path home) {
        return orSkip(() -> MySql9.start(name, home));
    }

    /** An older MariaDB than the default one. */
    public static DatabaseServer mariaDb10(String name, Path home) {
        return orSkip(() -> MariaDb10.start(name, home));
    }

    private static DatabaseServer orSkip(Supplier<DatabaseServer> start) {
        try {
            return start.get();
        } catch (ServerUnavailableException e) {
            System.err.println("NO SUCH SERVER HERE, THIS TEST DID NOT RUN: " + e.getMessage());
            return abort(e.getMessage());
        }
    }
}
