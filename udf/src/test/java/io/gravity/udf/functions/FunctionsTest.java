package io.gravity.udf.functions;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.event.ColumnType.Kind;
import io.gravity.udf.FieldFunction;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FunctionsTest {
    private static final Map<String, FieldFunction> FUNCTIONS = ServiceLoader.load(FieldFunction.class).stream()
            .map(ServiceLoader.Provider::get)
            .collect(toMap(FieldFunction::name, function -> function));

    @ParameterizedTest(name = "{0} of \"{1}\"")
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = true,
            value = {
                "trim | ' a b ' | a b",
                "trim | '\u3000a\u00a0\u200b' | a",
                "trim | '   ' | ''",
                "trim_and_lowercase | ' Ann@Example.COM\t' | ann@example.com",
                "trim_and_lowercase | ' \u0130I ' | i\u0307i",
                "lowercase | ' \u00c4\u03a3 ' | ' \u00e4\u03c2 '",
                "uppercase | stra\u00dfe | STRASSE",
                "collapse_spaces | '  a \t\n b\u3000c ' | a b c",
                "collapse_spaces | '' | ''",
                "normalize_unicode | \uff21\uff11\ufb01 | A1fi",
                "normalize_unicode | e\u0301 | \u00e9",
                "normalize_phone | 13812345678 | +8613812345678",
                "normalize_phone | +8613812345678 | +8613812345678",
                "normalize_phone | 138-1234-5678 | +8613812345678",
                "normalize_phone | ' 138 1234 5678 ' | +8613812345678",
                "normalize_phone | 0086 138 1234 5678 | +8613812345678",
                "normalize_phone | \uff11\uff13\uff18\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18 | +8613812345678",
                "normalize_phone | 19999999999 | +8619999999999",
                "normalize_phone | 15400000000 | +8615400000000",
                "normalize_phone | 010-62345678 | +861062345678",
                "normalize_phone | +1 (650) 253-0000 | +16502530000",
                "normalize_phone | +44 20 7031 3000 | +442070313000",
                "normalize_email | ' <Ann@Example.COM> ' | ann@example.com",
                "normalize_email | mailto:a.b+c@d.io | a.b+c@d.io",
                "normalize_email | \uff41@b.cn | a@b.cn",
                "normalize_email | \u738b@\u4f8b\u5b50.\u4e2d\u56fd | \u738b@\u4f8b\u5b50.\u4e2d\u56fd",
                "normalize_date | 2026-01-31 | 2026-01-31",
                "normalize_date | 2026/1/31 | 2026-01-31",
                "normalize_date | 2026.01.31 | 2026-01-31",
                "normalize_date | 20260131 | 2026-01-31",
                "normalize_date | 2026\u5e741\u670831\u65e5 | 2026-01-31",
                "normalize_date | \uff12\uff10\uff12\uff16-\uff10\uff11-\uff13\uff11 | 2026-01-31",
                "normalize_date | 31.1.2026 | 2026-01-31",
                "normalize_date | 31/01/2026 | 2026-01-31",
                "normalize_date | 01/31/2026 | 2026-01-31",
                "normalize_date | 02/02/2026 | 2026-02-02",
                "normalize_date | 31 Jan 2026 | 2026-01-31",
                "normalize_date | January 31, 2026 | 2026-01-31",
                "normalize_date | 31-jan-2026 | 2026-01-31",
                "normalize_date | 2024-02-29 23:59:59 | 2024-02-29",
                "normalize_date | 1769817600 | 2026-01-31",
                "normalize_datetime | 2026-01-31T10:30:00 | 2026-01-31 10:30:00",
                "normalize_datetime | 2026/1/31 9:05 | 2026-01-31 09:05:00",
                "normalize_datetime | 2026-01-31 10:30:00.5 | 2026-01-31 10:30:00.500000",
                "normalize_datetime | 2026-01-31T10:30:00+08:00 | 2026-01-31 02:30:00",
                "normalize_datetime | 2026-01-31T10:30:00Z | 2026-01-31 10:30:00",
                "normalize_datetime | 01/31/2026 12:15 AM | 2026-01-31 00:15:00",
                "normalize_datetime | 2026\u5e741\u670831\u65e5 18:00 | 2026-01-31 18:00:00",
                "normalize_datetime | 1769855400123 | 2026-01-31 10:30:00.123000",
                "normalize_datetime | 2026-01-31 | 2026-01-31 00:00:00",
                "country_code | cn | CN",
                "country_code | CHN | CN",
                "country_code | China | CN",
                "country_code | \u4e2d\u56fd | CN",
                "country_code | ' united  states ' | US",
                "country_code | USA | US",
                "country_code | uk | GB",
                "country_code | Deutschland | DE",
                "country_code | \u65e5\u672c | JP",
                "currency_code | cny | CNY",
                "currency_code | RMB | CNY",
                "currency_code | \u4eba\u6c11\u5e01 | CNY",
                "currency_code | 156 | CNY",
                "currency_code | US Dollar | USD",
                "currency_code | \u20ac | EUR",
                "canonical_json | '{\"b\": 1.0, \"a\": [ 1.50, true, null ]}' | '{\"a\":[1.5,true,null],\"b\":1}'",
                "canonical_json | '{\"b\":{\"d\":1,\"c\":\"\u4e2d\"}}' | '{\"b\":{\"c\":\"\u4e2d\",\"d\":1}}'",
                "canonical_json | ' [ ] ' | []",
                "canonical_json | 12345678901234567890123 | 12345678901234567890123",
                "mask_partial | 13812345678 | 138****5678",
                "mask_partial | ann@example.com | a**@example.com",
                "mask_partial | Wang | W***",
                "mask_partial | \u738b\u5c0f | **",
                "mask_partial | \ud83d\ude80\ud83d\ude80\ud83d\ude80 | \ud83d\ude80**",
                "mask_partial | '' | ''",
                "hash_sha256 | abc | ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "parse_number | 1234.50 | 1234.50",
                "parse_number | '1,234.50' | 1234.50",
                "parse_number | '1.234,5' | 1234.5",
                "parse_number | '1 234,5' | 1234.5",
                "parse_number | '12,5' | 12.5",
                "parse_number | '1,234' | 1234",
                "parse_number | '-\u00a5 1,000' | -1000",
                "parse_number | (12) | -12",
                "parse_number | \uff11\uff12 | 12",
                "parse_number | 1.5e3 | 1500",
            })
    void gives(String function, String value, String expected) {
        assertThat(FUNCTIONS.get(function).apply(value)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0} of \"{1}\"")
    @CsvSource(
            delimiter = '|',
            value = {
                "normalize_phone | 12345 | a phone number",
                "normalize_phone | not a number | a phone number",
                "normalize_phone | +99912345678 | a phone number",
                "normalize_email | ann | an e-mail address",
                "normalize_email | a@b | an e-mail address",
                "normalize_email | a b@c.de | an e-mail address",
                "normalize_email | a@b..de | an e-mail address",
                "normalize_date | 2026-02-29 | a date",
                "normalize_date | 02/03/2026 | a date",
                "normalize_date | 0000-00-00 | a date",
                "normalize_date | tomorrow | a date",
                "normalize_datetime | 2026-01-31 25:00 | a date",
                "country_code | Atlantis | a country",
                "currency_code | $ | a currency",
                "parse_number | 1,23,4 | a number",
                "parse_number | NaN | a number",
                "parse_number | 1e999999999 | a number",
                "canonical_json | {\"a\":1 | JSON",
                "canonical_json | {\"a\":1,\"a\":2} | JSON",
                "canonical_json | {} {} | JSON",
            })
    void refuses(String function, String value, String expected) {
        assertThatThrownBy(() -> FUNCTIONS.get(function).apply(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected " + expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "normalize_phone",
                "normalize_email",
                "normalize_date",
                "normalize_datetime",
                "country_code",
                "currency_code",
                "parse_number"
            })
    void refusesLongTextsInLittleTime(String function) {
        var text = "1-2@3. ".repeat(200_000);
        // What a function knows of the world is loaded with its first call.
        assertThatThrownBy(() -> FUNCTIONS.get(function).apply("?")).isInstanceOf(IllegalArgumentException.class);
        long from = System.nanoTime();
        assertThatThrownBy(() -> FUNCTIONS.get(function).apply(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching(".{1,120}");
        assertThat(System.nanoTime() - from).isLessThan(500_000_000);
    }

    @Test
    void makesNullOfAnyKind() {
        assertThat(FUNCTIONS.get("to_null").apply(5L)).isNull();
        assertThat(FUNCTIONS.get("to_null").accepts()).containsExactlyInAnyOrder(Kind.values());
    }

    @Test
    void allAreRegistered() {
        assertThat(FUNCTIONS).hasSize(17);
    }
}
