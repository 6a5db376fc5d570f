package io.gravity.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SqlScriptTest {

    @Test
    void splitsAtSemicolonsThatEndALine() {
        var script = """
                -- A comment; with a semicolon.
                CREATE DATABASE a;

                CREATE TABLE a.t (
                  s VARCHAR(9) DEFAULT 'x;y'
                );
                """;

        assertThat(SqlScript.statements(script))
                .containsExactly("CREATE DATABASE a", "CREATE TABLE a.t (\n  s VARCHAR(9) DEFAULT 'x;y'\n)");
    }
}
