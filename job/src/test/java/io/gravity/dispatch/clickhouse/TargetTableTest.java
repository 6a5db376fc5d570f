package io.gravity.dispatch.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.dispatch.schema.Placement;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
}
