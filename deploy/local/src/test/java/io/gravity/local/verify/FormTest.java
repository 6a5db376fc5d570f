package io.gravity.local.verify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "decimal   | 12.50                      | 12.5",
                "decimal   | -0.00                      | 0",
                "decimal   | 100                        | 100",
                "bigint    | 18446744073709551615       | 18446744073709551615",
                "float     | 3.1415927                  | 3.1415927",
                "float     | 3.1415927410125732         | 3.1415927",
                "double    | 1e3                        | 1000.0",
                "double    | -0                         | 0.0",
                "date      | 2026-01-02                 | 2026-01-02",
                "datetime  | 2026-01-02 03:04:05.600000 | 2026-01-02T03:04:05.600",
                "datetime  | 2026-01-02T03:04:05.6      | 2026-01-02T03:04:05.600",
                "timestamp | 2026-01-02 03:04:05        | 2026-01-02T03:04:05Z",
                "timestamp | 2026-01-02T03:04:05Z       | 2026-01-02T03:04:05Z",
                "timestamp | 2026-01-02T05:04:05+02:00  | 2026-01-02T03:04:05Z",
                "time      | 27:15:00                   | 98100000000",
                "time      | -00:00:01.500000           | -1500000",
                "time      | PT-1.5S                    | -1500000",
                "varchar   | 12.50                      | 12.50",
                "varbinary | 0aff                       | 0AFF",
                "bit       | 0005                       | 5",
                "bit       | 00                         | 0",
            })
    void writesEqualValuesAlike(String type, String text, String canonical) {
        assertThat(Form.of(type).canonical(text)).isEqualTo(canonical);
    }

    @Test
    void readsBytesInJsonAsBase64() {
        assertThat(Form.of("blob").canonicalJson("Cv8=")).isEqualTo("0AFF");
    }

    @Test
    void comparesDocumentsByMeaning() {
        assertThat(Form.JSON.canonical("{\"b\": [1.0, null, true], \"a\" : \"x\\\"y\"}"))
                .isEqualTo(Form.JSON.canonical("{\"a\":\"x\\\"y\",\"b\":[1,null,true]}"))
                .isEqualTo("{\"a\":\"x\\\"y\",\"b\":[1,null,true]}");
    }

    @Test
    void leavesWhatItCannotRead() {
        assertThat(Form.DATE.lenient("0000-00-00")).isEqualTo("0000-00-00");
        assertThat(Form.DATE.lenient(null)).isNull();
        assertThat(Form.BINARY.lenientJson("no base64!")).isEqualTo("no base64!");
    }
}
