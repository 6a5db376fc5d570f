package io.gravity.local.types;

import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.OtherServers;
import java.nio.file.Path;

/** A server with JSON documents in a form of their own. */
class MySql9TypesIT extends TypeMatrixContract {

    @Override
    DatabaseServer start(Path home) {
        return OtherServers.mySql9("source", home);
    }
}
