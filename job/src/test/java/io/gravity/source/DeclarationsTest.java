package io.gravity.source;

import static org.assertj.core.api.Assertions.assertThat;

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

    @Test
    void readsTheMembersOfAnEnum() {
        assertThat(Declarations.members("enum('a','b,c','it''s','')")).containsExactly("a", "b,c", "it's", "");
        assertThat(Declarations.members("set('x')")).containsExactly("x");
    }
}
