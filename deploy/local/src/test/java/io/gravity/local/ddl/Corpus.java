package io.gravity.local.ddl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** The statements of a resource, in which a line that is a semicolon alone ends each. */
final class Corpus {
    private static final Set<String> ROWS = Set.of("INSERT", "UPDATE", "DELETE", "CALL");

    private Corpus() {}

    /** Returns the statements for a database. */
    static List<String> of(String resource, String database) {
        try (var in = Corpus.class.getResourceAsStream(resource)) {
            var statements = new ArrayList<String>();
            for (var part : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n;\n")) {
                var lines = Arrays.stream(part.split("\n"))
                        .dropWhile(line -> line.isBlank() || line.startsWith("-- "))
                        .toList();
                if (!lines.isEmpty()) {
                    statements.add(String.join("\n", lines).replace("${db}", database));
                }
            }
            return statements;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether a statement changes rows alone. */
    static boolean isOfRows(String statement) {
        return ROWS.contains(statement.split("\\s", 2)[0]);
    }
}
