package io.gravity.local.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.RulesCommand;
import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.DatabaseServers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code gravity rules suggest} sees in a table of a real server, and that what it prints can be used. */
class RulesIT {
    @TempDir
    static Path home;

    private static DatabaseServer server;

    private record Result(int status, String out, String err) {}

    @BeforeAll
    static void start() throws Exception {
        server = DatabaseServers.start("sampled", home.resolve("server"));
        server.execute(
                "CREATE DATABASE shop",
                "CREATE TABLE shop.users (id BIGINT UNSIGNED PRIMARY KEY, email VARCHAR(100), status ENUM('active','new'),"
                        + " balance DECIMAL(10,2) NOT NULL, seen VARCHAR(30), born DATE, at TIMESTAMP NULL, vip TINYINT(1),"
                        + " photo BLOB, tags JSON, note TEXT)",
                "INSERT INTO shop.users SELECT seq, IF(seq = 7, 'nobody', CONCAT('u', seq, '@example.com')),"
                        + " IF(seq % 3 = 0, 'new', 'active'), CAST(seq AS SIGNED) - 500, '2026-01-31 10:30:00', '2000-02-29',"
                        + " '2026-01-31 10:30:00', seq % 2, 'x', '{\"a\": 1}', IF(seq % 2 = 0, NULL, CONCAT('note ', seq))"
                        + " FROM shop.seq_1_to_1000");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Result run(String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int status = RulesCommand.run(
                List.of(args),
                name -> null,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Result(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static String conf(String name, String more) throws IOException {
        var yaml = """
                gravity:
                  sources:
                    - {name: s, type: mysql, host: "%s", port: %d, username: "%s", password: "%s", tables: ["shop.*"]}
                  targets:
                    - {name: m, type: mysql, host: h, username: u, password: p}
                  table-mapping:
                    - {tables: ["shop.users"], target: lake.people}
                """.formatted(server.host(), server.port(), server.user(), server.password());
        return Files.writeString(home.resolve(name), yaml + more.indent(2)).toString();
    }

    @Test
    void proposesChecksThatLoadAndJudge() throws IOException {
        var suggested = run("suggest", conf("plain.yaml", ""), "--table", "shop.users");

        assertThat(suggested.err()).startsWith("1000 rows of shop.users at source s: ");
        assertThat(suggested.status()).isZero();
        assertThat(suggested.out())
                .contains(
                        "tables: [\"lake.people\"]",
                        "required-fields: [\"id\"]",
                        "email: \"^[^@\\\\s]+@[^@\\\\s]+\\\\.[^@\\\\s]+$\"",
                        "# 99.90 % of rows pass",
                        "condition: \"in ['active', 'new']\"",
                        "condition: \"between -499.00 and 500.00\"",
                        "seen: \"yyyy-MM-dd HH:mm:ss\"",
                        "condition: \"in [0, 1]\"")
                .doesNotContain("required-fields: [\"note\"]");

        var rows = home.resolve("rows.jsonl");
        Files.writeString(rows, """
                {"id": 1, "email": "a@b.cc", "status": "new", "balance": 1, "seen": "2026-01-31 10:30:00", "vip": 1, "born": "2000-01-01", "at": "x", "photo": "x", "tags": "{\\"a\\": 1}"}
                {"id": 2, "email": "nobody", "status": "old", "balance": 501, "seen": "today", "vip": 2, "born": null, "at": "x", "photo": "x", "tags": "{\\"a\\": 1}"}
                """);
        var tried =
                run("test", conf("full.yaml", suggested.out()), "--input", rows.toString(), "--table", "lake.people");
        assertThat(tried.out().lines().filter(line -> line.startsWith("1"))).containsExactly("1\tpass");
        assertThat(tried.out().lines().filter(line -> line.startsWith("2\twarn")))
                .hasSize(6);
        assertThat(tried.status()).isEqualTo(1);
    }

    @Test
    void saysWhatCantBeRead() throws IOException {
        var result = run("suggest", conf("absent.yaml", ""), "--table", "shop.absent");

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("source s at ", "table shop.absent can't be read", "doesn't exist");
    }
}
