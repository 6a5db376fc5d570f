package io.gravity.local.types;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.MySql9;
import io.gravity.local.server.ServerUnavailableException;
import java.nio.file.Path;

/** A server with JSON documents in a form of their own. */
class MySql9TypesIT extends TypeMatrixContract {

    @Override
    DatabaseServer start(Path home) {
        try {
            return MySql9.start("source", home);
        } catch (ServerUnavailableException e) {
            System.err.println("MYSQL 9 COULD NOT BE HAD, THE TYPE MATRIX DID NOT RUN AGAINST IT: " + e.getMessage());
            assumeTrue(false, e.getMessage());
            throw e;
        }
    }
}
