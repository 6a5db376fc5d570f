package io.gravity.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.event.Column.Declaration;
import io.gravity.event.ColumnType.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableSchemaTest {
    private static final Column ID = new Column("id", ColumnType.of(Kind.INTEGER, "BIGINT"), false);
    private static final Column NAME = new Column("name", new ColumnType(Kind.TEXT, "VARCHAR", 40, -1), true);

    @Test
    void equalByContent() {
        var one = new TableSchema(List.of(ID, NAME), 0);
        var two = new TableSchema(
                List.of(
                        new Column("id", ColumnType.of(Kind.INTEGER, "BIGINT"), false),
                        new Column("name", new ColumnType(Kind.TEXT, "VARCHAR", 40, -1), true)),
                0);
        assertThat(two).isEqualTo(one).hasSameHashCodeAs(one);
        assertThat(two.fingerprint()).isEqualTo(one.fingerprint());
    }

    @Test
    void everyDifferenceShowsInTheFingerprint() {
        var base = new TableSchema(List.of(ID, NAME), 0);
        assertThat(List.of(
                        new TableSchema(List.of(NAME, ID), 1),
                        new TableSchema(List.of(ID, NAME), 1),
                        new TableSchema(List.of(ID, NAME), 0, 1),
                        new TableSchema(List.of(ID), 0),
                        new TableSchema(List.of(ID, new Column("name", NAME.type(), false)), 0),
                        new TableSchema(
                                List.of(ID, new Column("name", new ColumnType(Kind.TEXT, "VARCHAR", 41, -1), true)), 0),
                        new TableSchema(
                                List.of(ID, new Column("name", new ColumnType(Kind.JSON, "VARCHAR", 40, -1), true)), 0),
                        declared(new Declaration("'x'", null, null, null, false, List.of(), List.of())),
                        declared(new Declaration(null, "'x'", null, null, false, List.of(), List.of())),
                        declared(new Declaration(null, null, "latin1", null, false, List.of(), List.of())),
                        declared(new Declaration(null, null, null, "latin1", false, List.of(), List.of())),
                        declared(new Declaration(null, null, null, null, true, List.of(), List.of())),
                        declared(new Declaration(null, null, null, null, false, List.of("x"), List.of())),
                        declared(new Declaration(null, null, null, null, false, List.of(), List.of("x")))))
                .allSatisfy(other -> {
                    assertThat(other).isNotEqualTo(base);
                    assertThat(other.fingerprint()).isNotEqualTo(base.fingerprint());
                });
    }

    private static TableSchema declared(Declaration declaration) {
        return new TableSchema(List.of(ID, new Column("name", NAME.type(), true, declaration)), 0);
    }

    @Test
    void aColumnThatDeclaresNothingIsOneWithoutDeclaration() {
        assertThat(declared(Declaration.PLAIN)).isEqualTo(new TableSchema(List.of(ID, NAME), 0));
    }

    @Test
    void findsColumnsByNameAndCase() {
        var schema = new TableSchema(List.of(ID, NAME), 0);
        assertThat(schema.indexOf("name")).isEqualTo(1);
        assertThat(schema.indexOf("NAME")).isEqualTo(-1);
    }

    @Test
    void givesTheKeyInTheKeysOrder() {
        var schema = new TableSchema(List.of(ID, NAME), 1, 0);
        assertThat(schema.keyOf(Row.of(7L, "seven"))).containsExactly("seven", 7L);
        assertThat(schema.isKey(0)).isTrue();
        assertThat(new TableSchema(List.of(ID, NAME), 1).isKey(0)).isFalse();
    }

    @Test
    void refusesATableWithoutKey() {
        assertThatThrownBy(() -> new TableSchema(List.of(ID)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a table schema needs at least one key column");
    }
}
