package io.gravity.local.types;

import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.MySql9Tests;
import java.nio.file.Path;

/** A server with JSON documents in a form of their own. */
class MySql9TypesIT extends TypeMatrixContract {

    @Override
    DatabaseServer start(Path home) {
        return MySql9Tests.startOrSkip("source", home);
    }
}
