package io.gravity.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerJsonTest {

    /** What MySQL 9.7 answers to {@code SELECT CAST(JSON_ARRAY(...) AS CHAR)}. */
    @ParameterizedTest
    @CsvSource({
        "0, 0.0",
        "-0.0, -0.0",
        "1, 1.0",
        "-1.5, -1.5",
        "0.1, 0.1",
        "1E-14, 0.00000000000001",
        "1E-15, 0.000000000000001",
        "1E-16, 1e-16",
        "123456789012345, 123456789012345.0",
        "1E15, 1e15",
        "1234567890123456, 1.234567890123456e15",
        "1234567890123456.5, 1234567890123456.5",
        "1E20, 1e20",
        "-1.25E300, -1.25e300",
        "2.0E-3, 0.002",
        "4.9E-324, 5e-324",
        "1.7976931348623157E308, 1.7976931348623157e308"
    })
    void writesDoublesAsTheServerDoes(double value, String expected) {
        assertThat(ServerJson.number(value)).isEqualTo(expected);
    }

    @Test
    void readsMariaDbsDocumentAsTheTextItIs() {
        assertThat(ServerJson.text("{ \"a\":1.0}".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("{ \"a\":1.0}");
        assertThat(ServerJson.text(new byte[0])).isEqualTo("null");
    }

    @Test
    void putsSpacesWhereTheServerDoes() {
        // {"a": [1, null]}, in the binary form of MySQL
        var stored = HexFormat.of().parseHex("00010016000b000100020c006102000a00050100040000");
        assertThat(ServerJson.text(stored)).isEqualTo("{\"a\": [1, null]}");
    }
}
