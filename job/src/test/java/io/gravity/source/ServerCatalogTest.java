package io.gravity.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.debezium.relational.Table;
import io.gravity.event.TableId;
import io.gravity.source.DdlRewriter.CharacterSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerCatalogTest {
    private static final TableId T = new TableId("shop", "t");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "id INT NOT NULL PRIMARY KEY, a BIGINT UNSIGNED DEFAULT 18446744073709551615, b INT(5) UNSIGNED ZEROFILL",
                "id INT, part VARCHAR(10) CHARACTER SET latin1, PRIMARY KEY (part, id)",
                "id INT PRIMARY KEY, `odd`` name` VARCHAR(10) NOT NULL DEFAULT 'it''s', `a, b` ENUM('x','y''z') DEFAULT 'x'",
                "id INT PRIMARY KEY, a DECIMAL(12,3) DEFAULT -1.5, b DOUBLE(8,2), c FLOAT, d BIT(4) DEFAULT b'101'",
                "id INT PRIMARY KEY, a TIMESTAMP(3) NULL, b DATETIME(6) NOT NULL, c TIME(2), d YEAR, e DATE",
                "id INT PRIMARY KEY, a SET('p','q'), b JSON, c GEOMETRY, d BLOB, e BINARY(3), f VARBINARY(9), g LONGTEXT",
                "id INT PRIMARY KEY, a BOOLEAN DEFAULT true, b TINYINT(1), c MEDIUMINT, d CHAR(3), e NCHAR(3), f DOUBLE PRECISION",
            })
    void aTableIsTheSameWhenItIsToldAnew(String columns) {
        var table = Parsed.table("CREATE TABLE t (" + columns + ") DEFAULT CHARACTER SET utf8mb4");
        var again = Parsed.table(ServerCatalog.statement(table, T, null));
        assertThat(again).isEqualTo(table);
        assertThat(again.defaultCharsetName()).isEqualTo("utf8mb4");
    }

    @Test
    void aCharacterSetOfTheTableIsThatOfColumnsToCome() {
        var table = told("b", new CharacterSet("latin1", false));
        assertThat(table.columnWithName("a").charsetName()).isEqualTo("utf8mb4");
        assertThat(table.columnWithName("b").charsetName()).isEqualTo("latin1");
    }

    @Test
    void aTableThatIsConvertedHasItInAllColumns() {
        var table = told("b", new CharacterSet("latin1", true));
        assertThat(table.columns())
                .filteredOn(column -> column.charsetName() != null)
                .hasSize(2)
                .allMatch(column -> column.charsetName().equals("latin1"));
    }

    private static Table told(String column, CharacterSet charset) {
        var table = Parsed.table("CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(10)) DEFAULT CHARACTER SET utf8mb4");
        return Parsed.table(
                ServerCatalog.statement(table, T, charset), "ALTER TABLE t ADD COLUMN " + column + " VARCHAR(10)");
    }
}
