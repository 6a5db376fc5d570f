package io.gravity.local.source;

import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.DatabaseServers;
import java.nio.file.Path;

/** The default server: MariaDB. */
class MariaDbOutageIT extends OutageContract {

    @Override
    DatabaseServer startShaky(Path home) {
        return DatabaseServers.start("shaky", home);
    }
}
