package io.gravity.local.source;

import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.DatabaseServers;
import java.nio.file.Path;

/** The default server: MariaDB. */
class MariaDbSnapshotIT extends SnapshotContract {

    @Override
    DatabaseServer start(Path home) {
        return DatabaseServers.start("source", home);
    }
}
