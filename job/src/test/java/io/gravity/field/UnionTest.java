package io.gravity.field;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.field.FieldRule.Candidate;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnionTest {
    private static final Column DOCUMENT = new Column("document", ColumnType.of(Kind.JSON, "JSON"), true);

    @Test
    void arraysKeepAllMembersInTheOrderOfPriority() {
        assertThat(union("[3, {\"a\": 1}]", "[1, 3.5, 2, {\"a\": 1}]")).isEqualTo("[3,{\"a\":1},1,3.5,2]");
        assertThat(FieldRule.Simple.UNION.merge(
                        DOCUMENT, List.of(candidate("b", 2, "[1]", 1), candidate("a", 1, "[2]", 2))))
                .isEqualTo("[2,1]");
    }

    @Test
    void objectsKeepAllKeysAndOfOneTheValueChangedLast() {
        assertThat(union("{\"a\": 1, \"n\": {\"x\": 1}}", "{\"b\": null, \"a\": [2], \"n\": {\"y\": 2}}"))
                .isEqualTo("{\"a\":[2],\"n\":{\"x\":1,\"y\":2},\"b\":null}");
    }

    @Test
    void whatHasNoMembersIsTakenFromWhoChangedLast() {
        assertThat(union("{\"a\": 1}", "[1]")).isEqualTo("[1]");
        assertThat(union("1.50", "\"text\"")).isEqualTo("\"text\"");
        assertThat(union(null, "[1]")).isEqualTo("[1]");
        assertThat(union(null, null)).isNull();
    }

    @Test
    void saysWhatItCanNotBringTogether() {
        assertThatThrownBy(() -> union("{\"a\": 1}", "{\"a\"")).hasMessageContaining("document: its text is no JSON");
        var number = new Column("number", ColumnType.of(Kind.INTEGER, "INT"), true);
        assertThatThrownBy(() -> FieldRule.Simple.UNION.merge(
                        number, List.of(candidate("a", 1, 1L, 1), candidate("b", 2, 2L, 2))))
                .hasMessageContaining("column number is INT, expected a SET or JSON");
    }

    /** The second was changed last. */
    private static Object union(String one, String other) {
        return FieldRule.Simple.UNION.merge(DOCUMENT, List.of(candidate("a", 1, one, 1), candidate("b", 2, other, 2)));
    }

    private static Candidate candidate(String source, int priority, Object value, long changedMicros) {
        return new Candidate(source, priority, value, null, changedMicros);
    }
}
