package io.gravity.local.source;

import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.OtherServers;
import java.nio.file.Path;

/** A server with another optimizer, and statistics that it keeps for a day. */
class MySql9SnapshotIT extends SnapshotContract {

    @Override
    DatabaseServer start(Path home) {
        return OtherServers.mySql9("source", home);
    }
}
