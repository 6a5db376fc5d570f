package io.gravity.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.source.DdlText.Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DdlTextTest {
    private static final Server MARIADB = Server.of("11.4.5-MariaDB-log");
    private static final Server MYSQL = Server.of("9.7.0");

    @Test
    void readsAServersVersion() {
        assertThat(MARIADB).isEqualTo(new Server(110_405, true));
        assertThat(MYSQL).isEqualTo(new Server(90_700, false));
        assertThat(Server.of("5.5.5-10.11.6-MariaDB")).isEqualTo(new Server(101_106, true));
        assertThat(Server.of("8.4")).isEqualTo(new Server(80_400, false));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    a/*b*/c | a c | a c
                    a /*!b*/ | a b | a b
                    a /*!50701 b*/ | a | a b
                    a /*!50101 b*/ | a b | a b
                    a /*!100100 b*/ | a b | a
                    a /*M! b*/ | a b | a
                    a -- b | a | a
                    a --b | a --b | a --b
                    a # b | a | a
                    '/* a */' /* b */ | '/* a */' | '/* a */'
                    'it''s -- \\\\' # b | 'it''s -- \\\\' | 'it''s -- \\\\'
                    `a``--` -- b | `a``--` | `a``--`
                    """)
    void commentsGoAndWhatAServerExecutesStays(String sql, String onMariaDb, String onMySql) {
        assertThat(DdlText.of(sql, MARIADB).text().replaceAll(" +", " ")).isEqualTo(onMariaDb);
        assertThat(DdlText.of(sql, MYSQL).text().replaceAll(" +", " ")).isEqualTo(onMySql);
    }

    @Test
    void splitsWordsNamesStringsAndSigns() {
        assertThat(DdlText.of("ALTER TABLE`a b`.c ADD(`d``e` INT DEFAULT -1,f CHAR(3)DEFAULT'x,y')", MYSQL)
                        .tokens())
                .extracting(DdlText.Token::text)
                .containsExactly(
                        "ALTER", "TABLE", "`a b`", ".", "c", "ADD", "(", "`d``e`", "INT", "DEFAULT", "-", "1", ",", "f",
                        "CHAR", "(", "3", ")", "DEFAULT", "'x,y'", ")");
        assertThat(DdlText.of("`d``e`", MYSQL).tokens().get(0).name()).isEqualTo("d`e");
    }
}
