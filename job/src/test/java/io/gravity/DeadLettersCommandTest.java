package io.gravity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.audit.DeadLetters;
import io.gravity.error.ErrorCode;
import io.gravity.types.Changes;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the command refuses; what it does is shown with real servers. */
class DeadLettersCommandTest {
    private static final String ID = "0123456789abcdef0123456789abcdef";

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                     | found \"\", expected list, show, replay or drop",
                "free conf                              | found \"free\", expected list, show, replay or drop",
                "list                                   | list needs a configuration file",
                "drop --all                             | drop needs a configuration file",
                "list conf --all                        | list takes no --all",
                "list conf --flink h:1                  | list takes no --flink",
                "list conf --limit 0                    | found \"0\", expected a whole number from 1 to 9999999",
                "list conf --reason                     | --reason needs a value",
                "list conf --table orders               | expected database.table",
                "list conf --verbose                    | unknown argument \"--verbose\"",
                "show conf                              | show needs a letter: --id ID",
                "show conf --id 7                       | found \"7\", expected a letter's id, 32 hexadecimal digits",
                "show conf --reason null                | show takes no --reason",
                "drop conf                              | drop needs a filter, or --all",
                "drop conf --all --reason null          | --all: found beside a filter",
                "drop conf --unknown --all              | drop takes no --unknown",
                "replay conf --all                      | needs the address of the job's cluster: --flink",
                "replay conf --flink https://h:1 --all  | expected http://HOST:PORT",
                "replay conf --flink h:1                | replay needs a filter, or --all",
                "replay conf --flink h:1 --job 7 --all  | 32 hexadecimal digits",
                "replay conf --flink h:1 --limit 9      | replay takes no --limit"
            })
    void refusesWhatItCantDo(String line, String expected) {
        var result = run(line.isEmpty() ? new String[0] : line.split(" "));
        assertThat(result.err()).contains(expected).contains("Usage: gravity dead-letters");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void saysWhatIsWrongWithTheConfiguration() throws Exception {
        assertThat(run("list", "missing.yaml")).satisfies(result -> {
            assertThat(result.status()).isEqualTo(1);
            assertThat(result.err()).contains("missing.yaml");
        });
        assertThat(run("show", conf(""), "--id", ID).err()).isEqualTo("there is no quarantine: in the configuration\n");
        assertThat(run("list", conf("  quarantine: { target: log }\n")).err())
                .isEqualTo("dead letters go to the target log in the format avro, expected gravity-json, debezium-json,"
                        + " canal-json or maxwell-json: this command can't read back others\n");
        assertThat(run("list", conf("  quarantine: { target: galera }\n")).err())
                .startsWith("dead letters go to the target galera, which is a group");
    }

    @Test
    void showsAndDropsLettersInFiles() throws Exception {
        var conf = conf("  quarantine: { target: letters }\n");
        var target = SyncConfigLoader.load(Path.of(conf), name -> null)
                .quarantineTarget()
                .orElseThrow();
        var letters = new DeadLetters("gravity.dead_letters", "dispatch", "bus");
        var change = Changes.from("shop").at(7, 1_000);
        try (var writer = new RealEndpoints().writers(target).open()) {
            writer.write(List.of(
                    letters.of(change.insert(1, 9), ErrorCode.VALUE_NULL, "no", 1_700_000_000_000L),
                    letters.of(change.insert(2, 9), ErrorCode.VALUE_TOO_LONG, "no", 1_700_000_000_001L)));
        }

        var list = run("list", conf);
        assertThat(list.err()).isEqualTo("2 dead letters\n");
        assertThat(list.out().lines().map(line -> line.replaceFirst("^[0-9a-f]{32}\t", "")))
                .containsExactly(
                        "2023-11-14 22:13:20\tnull\tbus\tshop.orders\t{\"id\":1}\treplayable",
                        "2023-11-14 22:13:20.001000\ttoo-long\tbus\tshop.orders\t{\"id\":2}\treplayable");
        var id = list.out().substring(0, 32);
        assertThat(run("show", conf, "--id", id).out())
                .contains("reason: null\n", "row_key: {\"id\":1}\n", "\"amount\" : 9", "bytes, can be replayed");

        assertThat(run("drop", conf, "--id", id).err()).isEqualTo("1 dropped\n");
        assertThat(run("list", conf).out()).contains("{\"id\":2}").doesNotContain("{\"id\":1}");
        assertThat(run("drop", conf, "--all").err()).isEqualTo("1 dropped\n");
        assertThat(run("list", conf)).isEqualTo(new Result(0, "", "0 dead letters\n"));
    }

    private String conf(String quarantine) throws Exception {
        var file = folder.resolve("conf.yaml");
        Files.writeString(file, """
                gravity:
                  sources:
                    - { name: shop, type: mysql, host: h, username: u, password: p, tables: ["shop.*"] }
                  targets:
                    - { name: bus, type: kafka, brokers: ["h:9092"] }
                    - { name: log, type: kafka, brokers: ["h:9092"], format: avro }
                    - { name: galera, type: group, primary: [g1] }
                    - { name: letters, type: file, path: %s }
                  endpoints:
                    - { name: g1, type: mysql, host: h, username: u, password: p }
                """.formatted(folder.resolve("letters")) + quarantine);
        return file.toString();
    }

    private record Result(int status, String out, String err) {}

    private static Result run(String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int status;
        try (var outText = new PrintStream(out, true, StandardCharsets.UTF_8);
                var errText = new PrintStream(err, true, StandardCharsets.UTF_8)) {
            status = DeadLettersCommand.run(List.of(args), name -> null, outText, errText);
        }
        return new Result(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
