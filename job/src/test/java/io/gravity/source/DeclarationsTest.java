package io.gravity.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.Column.Declaration;
import io.gravity.event.TableId;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeclarationsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', nullValues = "-", textBlock = """
                    -                    | int      |                    | true  | -
                    NULL                 | int      |                    | true  | -
                    'NULL'               | varchar  |                    | true  | 'NULL'
                    current_timestamp(6) | datetime |                    | true  | current_timestamp(6)
                    7                    | int      |                    | true  | 7
                    -                    | int      |                    | false | -
                    7                    | int      |                    | false | '7'
                    it's \\              | varchar  |                    | false | 'it''s \\\\'
                    b'101'               | bit      |                    | false | b'101'
                    CURRENT_TIMESTAMP(6) | datetime | DEFAULT_GENERATED  | false | CURRENT_TIMESTAMP(6)
                    uuid()               | varchar  | DEFAULT_GENERATED  | false | (uuid())
                    """)
    void aDefaultIsWrittenAsItStandsInAStatement(
            String told, String type, String extra, boolean isMariaDb, String expected) {
        assertThat(Declarations.defaultSql(told, type, extra == null ? "" : extra, isMariaDb))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', nullValues = "-", textBlock = """
                    INT                         | -
                    INT DEFAULT NULL            | -
                    INT DEFAULT -5              | -5
                    INT DEFAULT '7'             | 7
                    DOUBLE DEFAULT 1e3          | 1e3
                    BOOLEAN DEFAULT true        | true
                    BIGINT UNSIGNED DEFAULT 18446744073709551615 | 18446744073709551615
                    INT DEFAULT (1+2)           | -
                    BIT(4) DEFAULT b'101'       | b'101'
                    VARCHAR(20) DEFAULT ''      | ''
                    VARCHAR(20) DEFAULT 'it''s' | 'it''s'
                    VARCHAR(20) DEFAULT '\\\\a\\''  | '\\\\a\\''
                    VARCHAR(20) DEFAULT "it's"  | "it's"
                    VARCHAR(20) DEFAULT '`'     | '`'
                    VARCHAR(20) DEFAULT 'NULL'  | 'NULL'
                    ENUM('a','b') DEFAULT 'b'   | 'b'
                    DATE DEFAULT '0000-00-00'   | '0000-00-00'
                    TIMESTAMP(3) NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3) | CURRENT_TIMESTAMP(3)
                    DATETIME NOT NULL DEFAULT NOW() | CURRENT_TIMESTAMP
                    """)
    void readsTheDefaultThatAStatementGave(String definition, String expected) {
        assertThat(Declarations.literal(Parsed.table("CREATE TABLE t (id INT PRIMARY KEY, c " + definition + ")")
                        .columnWithName("c")))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', nullValues = "-", textBlock = """
                    '7'                  | INT DEFAULT 7          | '7'
                    '7'                  | INT DEFAULT 8          | 8
                    '7'                  | INT                    | -
                    -                    | INT DEFAULT 8          | 8
                    (1 + 2)              | INT DEFAULT (1+2)      | (1 + 2)
                    (1 + 2)              | INT DEFAULT 3          | 3
                    current_timestamp(3) | DATETIME(3) DEFAULT NOW(3) | current_timestamp(3)
                    current_timestamp()  | DATETIME DEFAULT NOW() | current_timestamp()
                    """)
    void aDefaultIsThatOfThen(String now, String then, String expected) {
        var table = new TableId("shop", "t");
        var column = Parsed.table("CREATE TABLE t (id INT PRIMARY KEY, c " + then + ")")
                .columnWithName("c");
        var declarations = new Declarations();
        declarations.put(table, Map.of("c", Declaration.PLAIN.withDefault(now)));
        assertThat(declarations.of(table, "c", column).defaultSql()).isEqualTo(expected);
        assertThat(declarations.of(table, "c", null).defaultSql()).isEqualTo(now);
    }

    @Test
    void readsTheMembersOfAnEnum() {
        assertThat(Declarations.members("enum('a','b,c','it''s','')")).containsExactly("a", "b,c", "it's", "");
        assertThat(Declarations.members("set('x')")).containsExactly("x");
    }
}
