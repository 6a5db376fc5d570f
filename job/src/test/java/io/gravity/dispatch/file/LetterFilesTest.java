package io.gravity.dispatch.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.gravity.audit.DeadLetters;
import io.gravity.audit.Letter;
import io.gravity.audit.LetterFilter;
import io.gravity.dispatch.TargetConfig;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.types.ChangeBytes;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the job writes into files, and what the console reads and leaves of it. */
class LetterFilesTest {
    private static final TableId ORDERS = new TableId("shop", "orders");
    private static final TableId LETTERS = new TableId("gravity", "dead_letters");
    private static final TableSchema SCHEMA = new TableSchema(
            List.of(
                    new Column("id", ColumnType.of(Kind.INTEGER, "INT"), false),
                    new Column("name", ColumnType.of(Kind.TEXT, "VARCHAR"), true)),
            0);
    private static final LetterFilter ALL = new LetterFilter(List.of(), null, null, null);
    private static final long NOON = 1_700_000_000_000L;

    @TempDir
    private Path folder;

    @Test
    void writesALetterALineWithTheRowAsJson() throws Exception {
        try (var writer = writer(folder)) {
            writer.write(List.of(
                    letter(1, "warehouse", ErrorCode.VALUE_TOO_LONG, NOON),
                    letter(2, "warehouse", ErrorCode.VALUE_NULL, NOON)));
        }

        assertThat(files()).singleElement().satisfies(file -> assertThat(
                        file.getFileName().toString())
                .matches("gravity\\.dead_letters-20231114-221320-[0-9a-f-]{36}\\.jsonl"));
        var lines = Files.readAllLines(files().get(0));
        assertThat(lines).hasSize(2);
        var first = new ObjectMapper().readTree(lines.get(0));
        assertThat(first.fieldNames())
                .toIterable()
                .containsExactlyElementsOf(
                        DeadLetters.SCHEMA.columns().stream().map(Column::name).toList());
        assertThat(first.path("reason").asText()).isEqualTo("too-long");
        assertThat(first.path("stage").asText()).isEqualTo("dispatch");
        assertThat(first.path("target").asText()).isEqualTo("warehouse");
        assertThat(first.path("source_position").asText()).isEqualTo("3:1:0:0");
        assertThat(first.path("detected_at").asText()).isEqualTo("2023-11-14T22:13:20");
        assertThat(first.path("row_key").toString()).isEqualTo("{\"id\":1}");
        assertThat(first.path("row_data").toString())
                .isEqualTo("{\"before\":null,\"after\":{\"id\":1,\"name\":\"a \\\"line\\\"\\nand another\"}}");
    }

    @Test
    void showsWholeFilesAlone() throws Exception {
        try (var writer = writer(folder.resolve("new/folder"))) {
            writer.write(List.of(letter(1, "warehouse", ErrorCode.VALUE_NULL, NOON)));
            writer.check();
        }

        try (var names = Files.list(folder.resolve("new/folder"))) {
            assertThat(names.map(name -> name.getFileName().toString()))
                    .singleElement()
                    .asString()
                    .startsWith("gravity.");
        }
    }

    @Test
    void findsTheNewestOfEachLetterOldestFirst() throws Exception {
        try (var writer = writer(folder)) {
            writer.write(List.of(letter(2, "warehouse", ErrorCode.VALUE_NULL, NOON + 5)));
            writer.write(List.of(letter(1, "warehouse", ErrorCode.VALUE_NULL, NOON)));
            writer.write(List.of(letter(1, "warehouse", ErrorCode.VALUE_NULL, NOON)));
            writer.write(List.of(letter(3, "lake", ErrorCode.VALUE_TOO_LONG, NOON + 9)));
            // Sent again after a failure, behind a later one.
            writer.write(List.of(letter(4, "lake", ErrorCode.VALUE_TOO_LONG, NOON + 20)));
            writer.write(List.of(letter(4, "lake", ErrorCode.VALUE_TOO_LONG, NOON + 10)));
        }
        Files.writeString(folder.resolve("notes.txt"), "not ours");
        Files.writeString(folder.resolve(".gravity.dead_letters-half.jsonl"), "{\"id\":");

        try (var store = store()) {
            assertThat(keys(store.find(ALL, 10))).containsExactly("1", "2", "3", "4");
            assertThat(keys(store.find(ALL, 2))).containsExactly("1", "2");
            assertThat(keys(store.find(new LetterFilter(List.of(), "too-long", "lake", "shop.orders"), 10)))
                    .containsExactly("3", "4");
            var found = store.find(ALL, 10).get(3);
            assertThat(found.writtenAt()).isEqualTo("2023-11-14 22:13:20.020000");
            assertThat(found.hasChange()).isTrue();
            assertThat(found.value("row_data")).isNull();

            var read = store.read(List.of(found.id()));
            assertThat(read).singleElement().satisfies(letter -> {
                assertThat(ChangeBytes.read(letter.change().orElseThrow())).isEqualTo(change(4));
                assertThat(letter.value("row_data")).contains("\"after\":{\"id\":4");
            });
        }
    }

    @Test
    void deletesLettersAndNoOtherLine() throws Exception {
        try (var writer = writer(folder)) {
            writer.write(List.of(
                    letter(1, "warehouse", ErrorCode.VALUE_NULL, NOON),
                    letter(2, "warehouse", ErrorCode.VALUE_NULL, NOON)));
            writer.write(List.of(letter(3, "warehouse", ErrorCode.VALUE_NULL, NOON)));
        }
        try (var store = store()) {
            var letters = store.find(ALL, 10);
            var stays = letters.get(keys(letters).indexOf("2"));

            assertThat(store.delete(
                            letters.stream().filter(letter -> letter != stays).toList()))
                    .isEqualTo(2);

            assertThat(keys(store.find(ALL, 10))).containsExactly("2");
            assertThat(files()).singleElement().satisfies(file -> {
                assertThat(Files.readAllLines(file)).hasSize(1);
                assertThat(file.getFileName().toString()).startsWith("gravity.dead_letters-20231114-221320-");
            });
            assertThat(store.delete(List.of(stays))).isEqualTo(1);
            assertThat(files()).isEmpty();
            assertThat(store.delete(List.of(stays))).isZero();
        }
    }

    @Test
    void keepsALetterThatWasWrittenAgainSinceItWasRead() throws Exception {
        try (var writer = writer(folder);
                var store = store()) {
            writer.write(List.of(letter(1, "warehouse", ErrorCode.VALUE_NULL, NOON)));
            var read = store.find(ALL, 10);
            writer.write(List.of(letter(1, "warehouse", ErrorCode.VALUE_NULL, NOON + 1)));

            assertThat(store.delete(read)).isZero();
            assertThat(store.find(ALL, 10))
                    .singleElement()
                    .extracting(Letter::writtenAt)
                    .isEqualTo("2023-11-14 22:13:20.001000");
        }
    }

    @Test
    void saysWhichLineIsNoLetterAndLeavesIt() throws Exception {
        var file = folder.resolve("gravity.dead_letters-20231114-221320-x.jsonl");
        for (var line : List.of("{\"id\": 7}", "{half a")) {
            Files.writeString(file, line + "\n");
            try (var store = store()) {
                assertThatThrownBy(() -> store.find(ALL, 10))
                        .isInstanceOf(GravityException.class)
                        .hasMessageContaining(file.toString())
                        .hasMessageContaining("has a line that is no dead letter: " + line)
                        .hasMessageContaining("Mend or remove the line");
            }
        }
        assertThat(file).exists();
    }

    @Test
    void isEmptyWithoutAFolder() throws Exception {
        try (var store = new FileLetterStore(target(folder.resolve("none").toUri()), LETTERS)) {
            assertThat(store.find(ALL, 10)).isEmpty();
            assertThat(store.read(List.of("0".repeat(32)))).isEmpty();
        }
    }

    @Test
    void tellsWhatHelps() throws IOException {
        var letter = List.of(letter(1, "warehouse", ErrorCode.VALUE_NULL, NOON));
        var file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> writer(file).write(letter))
                .isInstanceOfSatisfying(
                        GravityException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TARGET_MISCONFIGURED))
                .hasMessageContaining("target letters: write a file in " + file.toUri())
                .hasMessageContaining("Change the target's path to that of a folder.");
        assertThatThrownBy(() -> new FileWriter(target(URI.create("s3://bucket/letters"))).check())
                .isInstanceOfSatisfying(
                        GravityException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TARGET_MISCONFIGURED))
                .hasMessageContaining("Put Flink's plugin for it into");
        assertThat(FileErrors.triaged(new IOException("/x (Permission denied)"), "letters", "write", List.of())
                        .getMessage())
                .contains("Let the user that Flink runs as write there");
        assertThat(FileErrors.triaged(new IOException("No space left on device"), "letters", "write", List.of())
                        .code())
                .isEqualTo(ErrorCode.TARGET_UNREACHABLE);
    }

    private static List<String> keys(List<Letter> letters) {
        return letters.stream()
                .map(letter -> letter.value("row_key").replaceAll("\\D", ""))
                .toList();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return new ArrayList<>(files.sorted().toList());
        }
    }

    private FileLetterStore store() {
        return new FileLetterStore(target(folder.toUri()), LETTERS);
    }

    private static FileWriter writer(Path folder) {
        return new FileWriter(target(folder.toUri()));
    }

    private static TargetConfig.File target(URI folder) {
        return new TargetConfig.File(
                "letters",
                folder,
                new TargetConfig.Delivery(
                        List.of(),
                        List.of(),
                        1000,
                        1 << 20,
                        Duration.ofSeconds(1),
                        2,
                        Duration.ofMillis(100),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30)));
    }

    private static ChangeEvent letter(long id, String target, ErrorCode reason, long millis) {
        return new DeadLetters(LETTERS.toString(), "dispatch", target).of(change(id), reason, "refused", millis);
    }

    private static ChangeEvent change(long id) {
        return ChangeEvent.captured(
                "shop-db",
                ORDERS,
                ORDERS,
                Operation.INSERT,
                SCHEMA,
                null,
                Row.of(id, "a \"line\"\nand another"),
                NOON * 1000,
                new SourcePosition(3, 1, 0, 0),
                NOON * 1000);
    }
}
