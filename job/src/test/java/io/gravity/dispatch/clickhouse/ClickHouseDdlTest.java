package io.gravity.dispatch.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.dispatch.schema.Evolution;
import io.gravity.dispatch.schema.Step;
import io.gravity.dispatch.schema.TargetColumn;
import io.gravity.event.Column;
import io.gravity.event.Column.Declaration;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClickHouseDdlTest {
    private static final TableId TABLE = new TableId("shop", "orders");
    private static final Column ID = new Column("id", ColumnType.of(Kind.INTEGER, "INT"), false);
    private static final Column REGION = new Column("region", ColumnType.of(Kind.TEXT, "VARCHAR"), true);

    @Test
    void createsAReplacingTableSortedByTheKey() {
        assertThat(created(new TableSchema(List.of(ID, REGION), 1, 0))).isEqualTo("""
                        CREATE TABLE IF NOT EXISTS `shop`.`orders` (
                          `id` Int32,
                          `region` Nullable(String),
                          _version UInt64,
                          _deleted UInt8
                        ) ENGINE = ReplacingMergeTree(_version, _deleted)
                        ORDER BY (`region`, `id`)
                        SETTINGS allow_nullable_key = 1""");
    }

    @Test
    void createsColumnsWithTheirDefaultsForRowsOfBefore() {
        var sql = created(new TableSchema(List.of(ID, number("'5'"), date("'2020-02-29'")), 0));
        assertThat(sql).contains("  `n` Nullable(Int32) DEFAULT 5,\n  `d` Date32 DEFAULT '2020-02-29',\n");
        assertThat(created(new TableSchema(List.of(ID, date("'0000-00-00'")), 0)))
                .contains("  `d` Date32,\n");
    }

    private static Column date(String defaultSql) {
        var declared = new Declaration(defaultSql, null, null, null, false, List.of(), List.of());
        return new Column("d", ColumnType.of(Kind.DATE, "DATE"), false, declared);
    }

    private static String created(TableSchema schema) {
        var differences = new ArrayList<String>();
        var columns = Evolution.created(ClickHouseDialect.INSTANCE, List.of(schema), differences);
        assertThat(differences).isEmpty();
        return ClickHouseDdl.create(TABLE, columns, schema);
    }

    @Test
    void changesColumns() {
        var declared = new Declaration("'it''s'", "a \"note\"", null, null, false, List.of(), List.of());
        var text = new Column("note", ColumnType.of(Kind.TEXT, "TEXT"), false, declared);
        assertThat(ClickHouseDdl.of(TABLE, new Step.Add<>(text, "String", false, true, "")))
                .isEqualTo("ALTER TABLE `shop`.`orders` ADD COLUMN IF NOT EXISTS `note` String DEFAULT 'it''s'"
                        + " COMMENT 'a \"note\"'");
        assertThat(ClickHouseDdl.of(TABLE, new Step.Add<>(number("'5'"), "Int32", true, true, "")))
                .endsWith("`n` Nullable(Int32) DEFAULT 5");
        assertThat(ClickHouseDdl.of(TABLE, new Step.Add<>(number("CURRENT_TIMESTAMP"), "Int32", true, true, "")))
                .endsWith("`n` Nullable(Int32)");
        var from = new TargetColumn<>("a`b", "Int8", false, false, true);
        assertThat(ClickHouseDdl.of(TABLE, new Step.Modify<>(from, ID, "Int32", true, "")))
                .isEqualTo("ALTER TABLE `shop`.`orders` MODIFY COLUMN `a\\`b` Nullable(Int32)");
        assertThat(ClickHouseDdl.of(TABLE, new Step.Rename<>(from, "c", "")))
                .isEqualTo("ALTER TABLE `shop`.`orders` RENAME COLUMN `a\\`b` TO `c`");
        assertThat(ClickHouseDdl.of(TABLE, new Step.Drop<String>("c", "")))
                .isEqualTo("ALTER TABLE `shop`.`orders` DROP COLUMN IF EXISTS `c`");
    }

    private static Column number(String defaultSql) {
        var declared = new Declaration(defaultSql, null, null, null, false, List.of(), List.of());
        return new Column("n", ColumnType.of(Kind.INTEGER, "INT"), true, declared);
    }
}
