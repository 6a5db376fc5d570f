package io.gravity.local.types;

import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.OtherServers;
import java.nio.file.Path;

/** The server of Debian 12, older than the default one. */
class MariaDb10TypesIT extends TypeMatrixContract {

    @Override
    DatabaseServer start(Path home) {
        return OtherServers.mariaDb10("source", home);
    }
}
