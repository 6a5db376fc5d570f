package io.gravity.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.error.ErrorCode;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.RowKey;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.types.ChangeBytes;
import io.gravity.types.Changes;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DeadLettersTest {
    private static final DeadLetters LETTERS = new DeadLetters("ops.letters", "dispatch", "warehouse");
    private static final long NOW = 1_700_000_000_123L;

    @Test
    void saysAllThatIsKnownOfTheChange() {
        var change = Changes.from("eu").at(7, 1_000).update(42, 9);
        var letter = LETTERS.of(change, ErrorCode.VALUE_TOO_LONG, "too long", NOW);

        assertThat(values(letter).subList(1, 13))
                .containsExactly(
                        LocalDateTime.of(2023, 11, 14, 22, 13, 20, 123_000_000),
                        "too-long",
                        "dispatch",
                        "warehouse",
                        "eu",
                        "1:7:2:1",
                        LocalDateTime.of(1970, 1, 1, 0, 0, 1),
                        "shop.orders",
                        "{\"id\":42}",
                        "update",
                        "{\"before\":{\"id\":42,\"amount\":8},\"after\":{\"id\":42,\"amount\":9}}",
                        "too long");
        assertThat(letter.target()).isEqualTo(TableId.parse("ops.letters"));
        assertThat(letter.key()).isEqualTo(RowKey.of(letter.target(), id(letter)));
        assertThat(letter.operation()).isEqualTo(Operation.INSERT);
        assertThat(letter.version()).isPositive();
    }

    @Test
    void namesColumnsThatItsSchemaHas() {
        assertThat(DeadLetters.SCHEMA.columns().stream().map(Column::name))
                .containsExactly(
                        "id",
                        "detected_at",
                        "reason",
                        "stage",
                        "target",
                        "source",
                        "source_position",
                        "event_time",
                        "table_name",
                        "row_key",
                        "operation",
                        "row_data",
                        "message",
                        "change_data");
    }

    @Test
    void holdsTheChangeItselfUnlessTheLetterWouldBecomeTooLarge() throws Exception {
        var change = Changes.from("eu")
                .at(7, 1_000)
                .update(42, 9)
                .resolved(1_000_001, true)
                .asLate();
        assertThat(ChangeBytes.read(inWords(LETTERS.of(change, ErrorCode.VALUE_TOO_LONG, "x", NOW))
                        .change()
                        .orElseThrow()))
                .isEqualTo(change);

        var large = text("n".repeat(600_000), "m");
        var letter = LETTERS.of(large, ErrorCode.VALUE_TOO_LONG, "x", NOW);
        assertThat(ChangeBytes.read(inWords(letter).change().orElseThrow()).after())
                .isEqualTo(large.after());
        for (var tooLarge : List.of(text("n".repeat(700_000), "m"), text("n".repeat(5_000_000), "m"))) {
            assertThat(inWords(LETTERS.of(tooLarge, ErrorCode.VALUE_TOO_LONG, "x", NOW))
                            .change())
                    .isEmpty();
        }
        // Characters of three bytes: what counts is what the letter takes.
        var wide = LETTERS.of(text("\u4e2d".repeat(290_000), "m"), ErrorCode.VALUE_TOO_LONG, "x", NOW);
        assertThat(inWords(wide).change()).isEmpty();
    }

    private static Letter inWords(ChangeEvent letter) {
        return new Letter(values(letter).stream()
                .map(value -> value == null ? null : value.toString())
                .toList());
    }

    @Test
    void aChangeReadAgainHasTheSameIdAndAnyOtherNot() {
        var change = Changes.from("eu").at(7, 1_000).read(42, 9);
        var id = id(LETTERS.of(change, ErrorCode.VALUE_NULL, "x", NOW));

        assertThat((String) id).matches("[0-9a-f]{32}");
        assertThat(id(LETTERS.of(change, ErrorCode.VALUE_TOO_LONG, "y", NOW + 1)))
                .isEqualTo(id);
        // All rows of a snapshot's chunk have one position.
        var others = List.of(
                Changes.from("eu").at(7, 1_000).read(43, 9),
                Changes.from("eu").at(8, 1_000).read(42, 9),
                Changes.from("us").at(7, 1_000).read(42, 9));
        assertThat(others.stream().map(other -> id(LETTERS.of(other, ErrorCode.VALUE_NULL, "x", NOW))))
                .doesNotHaveDuplicates()
                .doesNotContain(id);
        var elsewhere = new DeadLetters("ops.letters", "dispatch", "reports");
        assertThat(id(elsewhere.of(change, ErrorCode.VALUE_NULL, "x", NOW))).isNotEqualTo(id);
    }

    @Test
    void aDeletesRowIsTheOneBefore() {
        var letter = LETTERS.of(Changes.from("eu").at(7, 0).delete(42), ErrorCode.CONSTRAINT_CHILD, "x", NOW);
        assertThat(letter.after().value(2)).isEqualTo("child-present");
        assertThat(letter.after().value(9)).isEqualTo("{\"id\":42}");
        assertThat(letter.after().value(10)).isEqualTo("delete");
        assertThat(letter.after().value(11)).isEqualTo("{\"before\":{\"id\":42,\"amount\":0},\"after\":null}");
    }

    @Test
    void cutsLongValuesOfAChangeTooLargeForCommonLimitsAndSaysWhich() {
        var letter = LETTERS.of(text("n".repeat(300_000), "m"), ErrorCode.VALUE_TOO_LONG, "z".repeat(9_000), NOW);
        assertThat((String) letter.after().value(11))
                .hasSizeGreaterThan(300_000)
                .doesNotContain("\"cut\"");
        assertThat((String) letter.after().value(12)).hasSize(4_000);

        var cut = LETTERS.of(text("n".repeat(500_000), "m"), ErrorCode.VALUE_TOO_LONG, "x", NOW);
        assertThat(cut.after().value(11))
                .isEqualTo("{\"before\":null,\"after\":{\"id\":\"m\",\"text\":\"" + "n".repeat(1_000)
                        + "\"},\"cut\":[\"text\"]}");
    }

    @Test
    void aValueThatIsNotOfItsColumnsKindIsToldInWords() {
        var letter = LETTERS.of(text(new byte[] {1, -1}, 5L), ErrorCode.TARGET_REFUSED_ROW, "x", NOW);
        assertThat(letter.after().value(2)).isEqualTo("other");
        assertThat(letter.after().value(11)).isEqualTo("{\"before\":null,\"after\":{\"id\":\"5\",\"text\":\"01ff\"}}");
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void aRowsOwnFaultsHaveAReasonEach(ErrorCode code) {
        boolean isOwn = code.category() == ErrorCode.Category.DATA && code != ErrorCode.TARGET_REFUSED_ROW;
        assertThat(DeadLetters.reason(code).equals("other")).isEqualTo(!isOwn);
        var reasons = Arrays.stream(ErrorCode.values()).map(DeadLetters::reason).collect(Collectors.toSet());
        assertThat(reasons).hasSize(9);
    }

    private static ChangeEvent text(Object text, Object id) {
        var schema = new TableSchema(
                List.of(
                        new Column("id", ColumnType.of(Kind.TEXT, "VARCHAR"), false),
                        new Column("text", ColumnType.of(Kind.TEXT, "LONGTEXT"), true)),
                0);
        return ChangeEvent.captured(
                "eu",
                Changes.ORDERS,
                Changes.ORDERS,
                Operation.INSERT,
                schema,
                null,
                Row.of(id, text),
                0,
                SourcePosition.NONE,
                0);
    }

    private static Object id(ChangeEvent letter) {
        return letter.after().value(0);
    }

    private static List<Object> values(ChangeEvent letter) {
        var values = new Object[letter.after().size()];
        Arrays.setAll(values, letter.after()::value);
        return Arrays.asList(values);
    }
}
