package io.gravity.local.source;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.MySql9;
import io.gravity.local.server.ServerUnavailableException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A server that no longer knows SHOW MASTER STATUS, with GTIDs. */
class MySql9SourceIT extends SourceContract {

    @Override
    DatabaseServer start(Path home) {
        return startOrSkip("source", home);
    }

    static DatabaseServer startOrSkip(String name, Path home) {
        try {
            return MySql9.start(name, home);
        } catch (ServerUnavailableException e) {
            System.err.println("MYSQL 9 COULD NOT BE HAD, THE SOURCE TESTS DID NOT RUN AGAINST IT: " + e.getMessage());
            assumeTrue(false, e.getMessage());
            throw e;
        }
    }

    @Test
    void startsBehindGtids() throws Exception {
        sql("INSERT INTO src.t VALUES (1,'old'," + VALUES + ")");
        var gtids = text("SELECT @@GLOBAL.gtid_executed").replaceAll("\\s", "");
        sql("INSERT INTO src.t VALUES (2,'new'," + VALUES + ")");
        assertStartsBehindOldRow("{mode: gtid, gtids: \"" + gtids + "\"}");
    }
}
