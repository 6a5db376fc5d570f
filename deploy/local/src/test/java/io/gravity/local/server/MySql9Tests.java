package io.gravity.local.server;

import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Path;

/** MySQL 9 for tests. Its packages are Debian's; elsewhere what needs them can't run, and says so. */
public final class MySql9Tests {
    private MySql9Tests() {}

    /** Starts a server; where it can't be had, the test ends here as skipped and says why. */
    public static DatabaseServer startOrSkip(String name, Path home) {
        try {
            return MySql9.start(name, home);
        } catch (ServerUnavailableException e) {
            System.err.println("NO MYSQL 9 HERE, THIS TEST DID NOT RUN: " + e.getMessage());
            return abort(e.getMessage());
        }
    }
}
