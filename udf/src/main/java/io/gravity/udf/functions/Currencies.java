package io.gravity.udf.functions;

import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The currencies by all that they are called, as far as Java knows it. A sign that several have, such as $, is of none. */
final class Currencies {
    private static final List<Locale> LANGUAGES = List.of(Locale.ENGLISH, Locale.SIMPLIFIED_CHINESE);
    private static final Map<String, String> OTHERS = Map.ofEntries(
            Map.entry("rmb", "CNY"),
            Map.entry("yuan", "CNY"),
            Map.entry("\u5143", "CNY"),
            Map.entry("\u4eba\u6c11\u5e01", "CNY"),
            Map.entry("\u20ac", "EUR"),
            Map.entry("euro", "EUR"),
            Map.entry("\u00a3", "GBP"),
            Map.entry("us$", "USD"),
            Map.entry("hk$", "HKD"),
            Map.entry("\u20b9", "INR"),
            Map.entry("\u20a9", "KRW"),
            Map.entry("\u20bd", "RUB"));
    private static final Map<String, String> CODES = codes();

    private Currencies() {}

    static String code(String name) {
        return CODES.get(name.toLowerCase(Locale.ROOT));
    }

    private static Map<String, String> codes() {
        var codes = new HashMap<String, String>();
        for (var currency : Currency.getAvailableCurrencies()) {
            for (var language : LANGUAGES) {
                codes.put(currency.getDisplayName(language).toLowerCase(Locale.ROOT), currency.getCurrencyCode());
            }
        }
        for (var currency : Currency.getAvailableCurrencies()) {
            if (currency.getNumericCode() > 0) {
                codes.put(currency.getNumericCodeAsString(), currency.getCurrencyCode());
            }
        }
        for (var currency : Currency.getAvailableCurrencies()) {
            codes.put(currency.getCurrencyCode().toLowerCase(Locale.ROOT), currency.getCurrencyCode());
        }
        codes.putAll(OTHERS);
        return Map.copyOf(codes);
    }
}
