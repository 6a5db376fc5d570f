package io.gravity.dispatch.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TableStatementsTest {
    private static final TableId TABLE = new TableId("shop", "ord`ers");

    @Test
    void upsertsAllColumnsAndTheKeyToo() {
        assertThat(new TableStatements(TABLE, schema(false, 0), List.of()).upsert(2))
                .isEqualTo("INSERT INTO `shop`.`ord``ers` (`a`,`b`,`c`) VALUES (?,?,?),(?,?,?)"
                        + " ON DUPLICATE KEY UPDATE `a`=VALUES(`a`),`b`=VALUES(`b`),`c`=VALUES(`c`)");
    }

    @Test
    void anAdditionLeavesRowsThatAreThere() {
        assertThat(new TableStatements(TABLE, schema(false, 0), List.of()).add(1))
                .isEqualTo("INSERT INTO `shop`.`ord``ers` (`a`,`b`,`c`) VALUES (?,?,?)"
                        + " ON DUPLICATE KEY UPDATE `a`=`shop`.`ord``ers`.`a`");
    }

    @Test
    void guardsTheUpsertOfATableWithASecondaryUniqueIndex() {
        var index = new UniqueIndex("u", List.of("b"));
        var statements = new TableStatements(TABLE, schema(false, 2, 0), List.of(index));
        assertThat(statements.upsert(1))
                .isEqualTo("INSERT INTO `shop`.`ord``ers` (`a`,`b`,`c`) VALUES (?,?,?) ON DUPLICATE KEY UPDATE "
                        + "`c`=CASE WHEN IF(`shop`.`ord``ers`.`c`<=>VALUES(`c`) AND `shop`.`ord``ers`.`a`<=>VALUES(`a`)"
                        + ",1,(SELECT 1 UNION ALL SELECT 2)) THEN VALUES(`c`) END,"
                        + "`a`=VALUES(`a`),`b`=VALUES(`b`),`c`=VALUES(`c`)");
        assertThat(statements.holders(index)).isEqualTo("SELECT `c`,`a` FROM `shop`.`ord``ers` WHERE `b`=? LIMIT 1");
    }

    @Test
    void deletesByOneKeyColumn() {
        assertThat(new TableStatements(TABLE, schema(false, 1), List.of()).delete())
                .isEqualTo("DELETE FROM `shop`.`ord``ers` WHERE `b`=?");
    }

    @Test
    void deletesBySeveralKeyColumnsInTheKeysOrder() {
        assertThat(new TableStatements(TABLE, schema(false, 2, 0), List.of()).delete())
                .isEqualTo("DELETE FROM `shop`.`ord``ers` WHERE `c`=? AND `a`=?");
    }

    @Test
    void findsNullInAKey() {
        assertThat(new TableStatements(TABLE, schema(true, 0, 1), List.of()).delete())
                .isEqualTo("DELETE FROM `shop`.`ord``ers` WHERE `a`<=>? AND `b`<=>?");
    }

    @Test
    void staysWithinTheProtocolsPlaceholdersForWideTables() {
        var columns =
                IntStream.range(0, 1000).mapToObj(i -> column("c" + i, true)).toList();
        var wide = new TableStatements(TABLE, new TableSchema(columns, 0), List.of());
        assertThat(wide.maxUpsertRows()).isEqualTo(16);
        assertThat(new TableStatements(TABLE, schema(false, 0), List.of()).maxUpsertRows())
                .isEqualTo(1024);
    }

    @Test
    void buildsATextOnce() {
        var statements = new TableStatements(TABLE, schema(false, 0), List.of());
        assertThat(statements.upsert(1024)).isSameAs(statements.upsert(1024));
    }

    private static TableSchema schema(boolean nullable, int... key) {
        return new TableSchema(List.of(column("a", nullable), column("b", nullable), column("c", nullable)), key);
    }

    private static Column column(String name, boolean nullable) {
        return new Column(name, ColumnType.of(Kind.INTEGER, "INT"), nullable);
    }
}
