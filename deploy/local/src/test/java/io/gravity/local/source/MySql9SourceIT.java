package io.gravity.local.source;

import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.OtherServers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A server that no longer knows SHOW MASTER STATUS, with GTIDs. */
class MySql9SourceIT extends SourceContract {

    @Override
    DatabaseServer start(Path home) {
        return OtherServers.mySql9("source", home);
    }

    @Test
    void startsBehindGtids() throws Exception {
        sql("INSERT INTO src.t VALUES (1,'old'," + VALUES + ")");
        var gtids = text("SELECT @@GLOBAL.gtid_executed").replaceAll("\\s", "");
        sql("INSERT INTO src.t VALUES (2,'new'," + VALUES + ")");
        assertStartsBehindOldRow("{mode: gtid, gtids: \"" + gtids + "\"}");
    }
}
