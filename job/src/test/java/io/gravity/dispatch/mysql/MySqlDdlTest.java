package io.gravity.dispatch.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.dispatch.mysql.MySqlTable.Described;
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

class MySqlDdlTest {
    private static final TableId TABLE = new TableId("shop", "or`ders");
    private static final Column ID = new Column("id", ColumnType.of(Kind.INTEGER, "INT UNSIGNED"), false);

    @Test
    void createsATableAsTheSourceHasIt() {
        var name = new Column(
                "name",
                new ColumnType(Kind.TEXT, "VARCHAR", 40, -1),
                true,
                declared("'it''s'", "what \\ it is", "latin1", "latin1_bin", List.of()));
        var kind = new Column(
                "kind", ColumnType.of(Kind.ENUM, "ENUM"), false, declared(null, null, null, null, List.of("a", "b'c")));
        var price = new Column("price", new ColumnType(Kind.DECIMAL, "DECIMAL", 12, 4), true);
        var seen = new Column("seen", new ColumnType(Kind.TIMESTAMP, "TIMESTAMP", 3, -1), false);
        var schema = new TableSchema(List.of(ID, name, kind, price, seen), 0);
        assertThat(created(schema)).isEqualTo("""
                CREATE TABLE IF NOT EXISTS `shop`.`or``ders` (
                  `id` INT UNSIGNED NOT NULL,
                  `name` VARCHAR(40) CHARACTER SET latin1 COLLATE latin1_bin NULL DEFAULT 'it''s' COMMENT 'what \\\\ it is',
                  `kind` ENUM('a','b''c') NOT NULL,
                  `price` DECIMAL(12,4) NULL,
                  `seen` TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
                  PRIMARY KEY (`id`)
                ) ENGINE=InnoDB""");
        assertThat(MySqlDdl.plain(created(schema)))
                .contains("`name` VARCHAR(40) CHARACTER SET utf8mb4 NULL DEFAULT 'it''s'");
    }

    private static String created(TableSchema schema) {
        var differences = new ArrayList<String>();
        var columns = Evolution.created(MySqlDialect.INSTANCE, List.of(schema), differences);
        assertThat(differences).isEmpty();
        return MySqlDdl.create(TABLE, columns, schema);
    }

    private static Declaration declared(
            String defaultSql, String comment, String charset, String collation, List<String> members) {
        return new Declaration(defaultSql, comment, charset, collation, false, members, List.of());
    }

    @Test
    void addsWhatStandsForNothingWhereRowsLackTheColumn() {
        var alter = "ALTER TABLE `shop`.`or``ders` ";
        assertThat(added("INT", Kind.INTEGER, true)).containsExactly(alter + "ADD COLUMN `c` INT NOT NULL DEFAULT 0");
        assertThat(added("INT", Kind.INTEGER, false)).containsExactly(alter + "ADD COLUMN `c` INT NOT NULL");
        assertThat(added("DATE", Kind.DATE, true))
                .containsExactly(alter + "ADD COLUMN `c` DATE NOT NULL DEFAULT '0000-00-00'");
        assertThat(added("TEXT", Kind.TEXT, true))
                .containsExactly(alter + "ADD COLUMN `c` TEXT NOT NULL", alter + "MODIFY COLUMN `c` TEXT NULL");
    }

    private static List<String> added(String sqlType, Kind kind, boolean isPartial) {
        var column = new Column("c", ColumnType.of(kind, sqlType), false);
        return MySqlDdl.of(
                TABLE, new Step.Add<>(column, MySqlType.of(column), false, isPartial, ""), new MySqlTable(List.of()));
    }

    @Test
    void keepsTheRestOfADefinitionThatItChanges() {
        var from = new TargetColumn<>("n", MySqlType.parsed("int", null, null), false, false, true);
        var table = new MySqlTable(List.of(new Described(from, "'7'", "count", "")));
        var wanted = new Column("n", ColumnType.of(Kind.INTEGER, "BIGINT"), true);
        assertThat(MySqlDdl.of(TABLE, new Step.Modify<>(from, wanted, MySqlType.of(wanted), true, ""), table))
                .containsExactly(
                        "ALTER TABLE `shop`.`or``ders` MODIFY COLUMN `n` BIGINT NULL DEFAULT '7' COMMENT 'count'");
        assertThat(MySqlDdl.of(TABLE, new Step.Rename<>(from, "m", ""), table))
                .containsExactly("ALTER TABLE `shop`.`or``ders` RENAME COLUMN `n` TO `m`");
        assertThat(MySqlDdl.of(TABLE, new Step.Drop<>("n", ""), table))
                .containsExactly("ALTER TABLE `shop`.`or``ders` DROP COLUMN `n`");
    }
}
