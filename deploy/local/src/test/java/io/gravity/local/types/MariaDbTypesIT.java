package io.gravity.local.types;

import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.DatabaseServers;
import java.nio.file.Path;

/** The default server: MariaDB, the machine's own or that of the Maven artifact. */
class MariaDbTypesIT extends TypeMatrixContract {

    @Override
    DatabaseServer start(Path home) {
        return DatabaseServers.start("source", home);
    }
}
