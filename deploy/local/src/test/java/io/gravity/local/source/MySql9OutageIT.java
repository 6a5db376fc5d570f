package io.gravity.local.source;

import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.OtherServers;
import java.nio.file.Path;

/** A server with GTIDs, and other words for the same troubles. */
class MySql9OutageIT extends OutageContract {

    @Override
    DatabaseServer startShaky(Path home) {
        return OtherServers.mySql9("shaky", home);
    }
}
