package io.gravity.local.demo;

import io.gravity.local.server.DatabaseServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Executes a file of SQL statements. */
public final class SqlScript {
    private SqlScript() {}

    /** Runs the statements in turn; a semicolon at the end of a line ends one, and {@code --} at its start is a comment. */
    public static void run(DatabaseServer server, Path file) throws IOException, SQLException {
        server.execute(statements(Files.readString(file)));
    }

    static String[] statements(String script) {
        String code = script.lines().filter(line -> !line.startsWith("--")).collect(Collectors.joining("\n"));
        return Arrays.stream(code.split(";\\s*(\n|$)"))
                .map(String::strip)
                .filter(statement -> !statement.isEmpty())
                .toArray(String[]::new);
    }
}
