package io.gravity.dispatch.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.dispatch.UnfitRule;
import io.gravity.dispatch.UnfitValueException;
import io.gravity.dispatch.UnfitValues;
import io.gravity.dispatch.schema.Placement;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.InvalidDate;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.SimpleCounter;
import org.junit.jupiter.api.Test;

class TargetTableTest {
    private static final TableId TABLE = new TableId("shop", "orders");
    private static final TableSchema SCHEMA = new TableSchema(
            List.of(
                    new Column("id", ColumnType.of(Kind.INTEGER, "INT"), false),
                    new Column("region", ColumnType.of(Kind.TEXT, "VARCHAR"), true)),
            1,
            0);

    @Test
    void listsEveryDifference() {
        var existing = new TargetTable.Existing(
                "ReplicatedMergeTree", "id", Map.of("id", "UInt8", "_version", "Int64", "_deleted", "UInt8"));
        var differences = new ArrayList<String>();
        assertThat(TargetTable.matched(TABLE, Placement.all(SCHEMA), existing, differences))
                .isNull();
        assertThat(differences).hasSize(5);
        assertThat(differences.get(0)).startsWith("engine: found ReplicatedMergeTree, expected ReplacingMergeTree");
        assertThat(differences.get(1)).startsWith("ORDER BY: found id");
        assertThat(differences.get(2)).startsWith("column id: found UInt8, expected Int32; ALTER TABLE");
        assertThat(differences.get(3)).startsWith("column region: missing; ALTER TABLE `shop`.`orders` ADD COLUMN");
        assertThat(differences.get(4)).startsWith("column _version: found Int64, expected UInt64");
    }

    @Test
    void takesASuitableTable() {
        var existing = new TargetTable.Existing(
                "SharedReplacingMergeTree",
                "region, id",
                Map.of(
                        "id",
                        "Int64",
                        "region",
                        "Nullable(String)",
                        "_version",
                        "UInt64",
                        "_deleted",
                        "UInt8",
                        "x",
                        "Date"));
        var differences = new ArrayList<String>();
        assertThat(TargetTable.matched(TABLE, Placement.all(SCHEMA), existing, differences))
                .isNotNull();
        assertThat(differences).isEmpty();
    }

    @Test
    void answersAValueThatDoesNotFitAsConfigured() {
        assertThatThrownBy(() -> written(InvalidDate.orDate(2024, 0, 0), UnfitValues.REFUSE))
                .isInstanceOf(UnfitValueException.class)
                .hasMessage("column day: found 2024-00-00 00:00:00, expected 1900-01-01 to 2299-12-31,"
                        + " which is what ClickHouse holds");
        assertThat(written(InvalidDate.orDate(2024, 0, 0), UnfitValues.SET_NULL))
                .isEqualTo(written(null, null));
        assertThat(written(InvalidDate.orDate(2024, 0, 0), UnfitValues.NEAREST))
                .isEqualTo(written(LocalDate.of(2024, 1, 1), null));
        assertThat(written(LocalDate.of(1, 1, 1), UnfitValues.NEAREST))
                .isEqualTo(written(LocalDate.of(1900, 1, 1), null));
        assertThat(written(LocalDate.of(9999, 12, 31), UnfitValues.NEAREST))
                .isEqualTo(written(LocalDate.of(2299, 12, 31), null));
    }

    @Test
    void refusesAKeyThatDoesNotFitWhateverIsConfigured() {
        var schema = new TableSchema(List.of(new Column("day", ColumnType.of(Kind.DATE, "DATE"), false)), 0);
        assertThatThrownBy(() -> written(schema, Row.of(LocalDate.of(1, 1, 1)), UnfitValues.NEAREST))
                .isInstanceOf(UnfitValueException.class)
                .hasMessageStartingWith("column day: found 0001-01-01");
    }

    /** Writes a row; asserts that a value is counted just if there is a rule. */
    private static String written(Object day, UnfitValues rule) {
        var schema = new TableSchema(
                List.of(
                        new Column("id", ColumnType.of(Kind.INTEGER, "INT"), false),
                        new Column("day", ColumnType.of(Kind.DATE, "DATE"), true)),
                0);
        return written(schema, Row.of(1L, day), rule);
    }

    private static String written(TableSchema schema, Row row, UnfitValues rule) {
        var columns = new HashMap<>(Map.of("_version", "UInt64", "_deleted", "UInt8"));
        schema.columns().forEach(column -> columns.put(column.name(), ColumnMapping.typeOf(column)));
        var existing =
                new TargetTable.Existing("ReplacingMergeTree", schema.column(0).name(), columns);
        var table = TargetTable.matched(TABLE, Placement.all(schema), existing, new ArrayList<>());
        var replaced = new SimpleCounter();
        var body = new RowBuffer(100);
        var change = ChangeEvent.captured(
                "eu", TABLE, TABLE, Operation.INSERT, schema, null, row, 0, new SourcePosition(1, 1, 1, 1), 0);
        table.write(body, change, new UnfitRule(rule == null ? UnfitValues.REFUSE : rule, replaced));
        assertThat(replaced.getCount()).isEqualTo(rule == null ? 0 : 1);
        return HexFormat.of().formatHex(body.toByteArray());
    }
}
