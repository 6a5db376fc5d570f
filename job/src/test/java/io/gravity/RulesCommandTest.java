package io.gravity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RulesCommandTest {
    private static final String CONF = """
            gravity:
              sources: [{name: s, type: mysql, host: h, username: u, password: p, tables: [t]}]
              targets: [{name: m, type: mysql, host: h, username: u, password: p}]
              quarantine: {target: m}
              data-quality:
                realtime-checks:
            """;

    private static final String RULES = """
            completeness-check: {required-fields: [id], null-handling: alert}
            format-validation: {rules: {email: "^[^@ ]+@[^@ ]+$"}, severity: repair}
            business-rules:
              rules:
                - {field: amount, condition: ">= 0", message: "Amount cannot be negative"}
                - {expression: "paid_at >= created_at"}
            """;

    @TempDir
    Path folder;

    private record Result(int status, String out, String err) {}

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

    private Result test(String rules, String rows) throws IOException {
        return test(rules, "", rows);
    }

    private Result test(String rules, String repairs, String rows, String... more) throws IOException {
        var conf = Files.writeString(folder.resolve("conf.yaml"), CONF + rules.indent(6) + repairs.indent(2));
        var input = Files.writeString(folder.resolve("rows.jsonl"), rows);
        var args = new java.util.ArrayList<>(List.of("test", conf.toString(), "--input", input.toString()));
        args.addAll(List.of(more));
        return run(args.toArray(String[]::new));
    }

    @Test
    void tellsOfEachRowWhatTheRulesSay() throws IOException {
        var result = test(RULES, """
                {"id": 1, "email": "a@b", "amount": 1.50, "created_at": "2026-01-31 10:00:00", "paid_at": "2026-01-31 10:00:01"}

                {"id": null, "email": "a@b", "amount": 0}
                {"id": 3, "email": "a\\tb", "amount": -0.01}
                {"id": 4, "paid_at": "2026-01-31 09:00:00", "created_at": "2026-01-31 10:00:00"}
                {"id": 5, "email": "x"}
                """);

        assertThat(result.out()).isEqualTo("""
                1	pass
                3	warn	completeness	required	id	found NULL in id, expected a value
                4	quarantine	format	pattern	email	found "a\\u0009b" in email, expected a match of "^[^@ ]+@[^@ ]+$"
                4	quarantine	business-rule	amount >= 0	amount	Amount cannot be negative: found -0.01 in amount
                5	quarantine	business-rule	paid_at >= created_at	-	expected paid_at >= created_at
                6	quarantine	format	pattern	email	found "x" in email, expected a match of "^[^@ ]+@[^@ ]+$"
                """);
        assertThat(result.err()).isEqualTo("5 rows: 1 pass, 1 warn, 3 quarantine\n");
        assertThat(result.status()).isEqualTo(1);
    }

    @Test
    void mendsRowsAsTheJobDoesAndRemembersThemInTheirOrder() throws IOException {
        var rules = """
                completeness-check: {required-fields: [region], null-handling: fill}
                format-validation: {rules: {email: "^[^@ ]+@[^@ ]+$"}}
                """;
        var repairs = """
                auto-repair:
                  duplicate-handling: {detection: {key-fields: [id, kind]}, repair-strategy: keep-first}
                  missing-data-fill:
                    strategies:
                      derive-from-history: {fields: [region]}
                      lookup-from-related: [{field: name, source-table: users, key-field: user_id}]
                      default-values: {region: CN}
                  format-correction: {corrections: {email: {correction: trim_and_lowercase}}}
                """;

        var result = test(rules, repairs, """
                {"id": 1, "kind": "a", "user_id": null, "name": null, "region": "EU", "email": " Bob@X.org"}
                {"id": 2, "kind": "a", "user_id": 7, "name": null, "region": null, "email": "x"}
                {"id": 1, "kind": "a", "user_id": 7, "name": "Ann", "region": "US", "email": "y@z"}
                {"id": 3, "kind": "b", "user_id": 7, "name": null, "region": "EU", "email": "y@z"}
                """);

        assertThat(result.out()).isEqualTo("""
                1	repaired	format	pattern	email	found " Bob@X.org" in email, expected a match of "^[^@ ]+@[^@ ]+$"
                1	repaired	repair	trim_and_lowercase	email	 Bob@X.org -> bob@x.org
                1	repaired	row	-	-	{"id":1,"kind":"a","user_id":null,"name":null,"region":"EU","email":"bob@x.org"}
                2	quarantine	format	pattern	email	found "x" in email, expected a match of "^[^@ ]+@[^@ ]+$"
                2	quarantine	repair	default-values	region	null -> CN
                2	quarantine	not-tried	lookup-from-related	name	rows of other tables are not known here
                2	quarantine	row	-	-	{"id":2,"kind":"a","user_id":7,"name":null,"region":"CN","email":"x"}
                3	duplicate	repair	keep-first	-	{"id":1,"kind":"a","user_id":7,"name":"Ann","region":"US","email":"y@z"} -> null
                4	pass	not-tried	lookup-from-related	name	rows of other tables are not known here
                """);
        assertThat(result.err()).isEqualTo("4 rows: 1 repaired, 1 quarantine, 1 duplicate, 1 pass\n");
        assertThat(result.status()).isEqualTo(1);
    }

    @Test
    void isContentWithGoodRows() throws IOException {
        var result = test(RULES, "{\"id\": 1}\n{\"id\": 2, \"amount\": 12345678901234567890}\n");

        assertThat(result).isEqualTo(new Result(0, "1\tpass\n2\tpass\n", "2 rows: 2 pass\n"));
    }

    @Test
    void goesOnAfterWhatIsNoRow() throws IOException {
        var result = test(RULES, "{\"id\": \n[1]\n{\"id\": 1}\n");

        assertThat(result.out()).contains("1\tunreadable\t-\t-\t-\t", "2\tunreadable", "3\tpass\n");
        assertThat(result.status()).isEqualTo(1);
    }

    @Test
    void infersTypesFromAllRows() throws IOException {
        var rules = """
                business-rules:
                  rules:
                    - {field: whole, condition: "< 2"}
                    - {field: mixed, condition: "= '1'"}
                    - {field: flag, condition: "= 1"}
                    - {field: nested, condition: "like '{%'"}
                """;
        var rows = """
                {"whole": 1, "mixed": 1, "flag": true, "nested": {"a": 1}}
                {"whole": 1.5, "mixed": "1", "flag": null, "nested": null}
                """;

        assertThat(test(rules, rows)).isEqualTo(new Result(0, "1\tpass\n2\tpass\n", "2 rows: 2 pass\n"));
    }

    @Test
    void judgesByTheTableThatIsNamed() throws IOException {
        var rules = "completeness-check: {tables: [shop.orders], required-fields: [id]}";

        assertThat(test(rules, "{\"id\": null}").err()).startsWith("no check is configured for the table sample.rows");
        assertThat(test(rules, "", "{\"id\": null}", "--table", "shop.orders").out())
                .startsWith("1\tquarantine\tcompleteness");
    }

    @Test
    void looksOnlyAtTablesThatSourcesRead() throws IOException {
        var conf = Files.writeString(folder.resolve("c.yaml"), CONF + "{}".indent(6));

        assertThat(run("suggest", conf.toString(), "--table", "shop.orders"))
                .isEqualTo(new Result(
                        1,
                        "",
                        "no source of the configuration reads the table shop.orders, expected one that matches its"
                                + " tables:\n"));
    }

    @Test
    void saysWhatItCantRead() throws IOException {
        assertThat(run("test", "missing.yaml", "--input", "x")).satisfies(result -> {
            assertThat(result.status()).isEqualTo(1);
            assertThat(result.err()).contains("missing.yaml");
        });
        var conf = Files.writeString(folder.resolve("c.yaml"), CONF + RULES.indent(6));
        assertThat(run("test", conf.toString(), "--input", folder + "/none.jsonl"))
                .satisfies(result -> {
                    assertThat(result.status()).isEqualTo(1);
                    assertThat(result.err()).contains("can't read " + folder + "/none.jsonl");
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                              | found \"\", expected test or suggest",
                "try conf                        | found \"try\", expected test or suggest",
                "test conf --input x --rows 7    | rules test takes no --rows",
                "suggest conf                    | rules suggest needs the table to look at: --table DATABASE.TABLE",
                "suggest conf --input x          | rules suggest takes no --input",
                "suggest conf --table a.b --rows 0 | expected a whole number from 1 to 999999",
                "test                            | rules test needs a configuration file",
                "test --input x                  | rules test needs a configuration file",
                "test conf                       | needs rows, one JSON object a line: --input ROWS.jsonl",
                "test conf --input               | --input needs a value",
                "test conf --input x --table t   | expected database.table",
                "test conf --input x --verbose   | unknown argument \"--verbose\""
            })
    void refusesWhatItCantDo(String line, String expected) {
        var result = run(line.isEmpty() ? new String[0] : line.split(" "));

        assertThat(result.err()).contains(expected).contains("Usage: gravity rules");
        assertThat(result.status()).isEqualTo(2);
    }
}
