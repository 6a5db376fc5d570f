package io.gravity.udf.functions;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.MissingResourceException;

/** The countries by all that they are called, as far as Java knows it. */
final class Countries {
    private static final List<Locale> LANGUAGES = List.of(
            Locale.ENGLISH,
            Locale.SIMPLIFIED_CHINESE,
            Locale.TRADITIONAL_CHINESE,
            Locale.JAPANESE,
            Locale.GERMAN,
            Locale.FRENCH,
            Locale.ITALIAN,
            Locale.KOREAN,
            Locale.forLanguageTag("es"),
            Locale.forLanguageTag("pt"),
            Locale.forLanguageTag("ru"));
    private static final Map<String, String> OTHERS = Map.of(
            "uk",
            "GB",
            "u.k.",
            "GB",
            "great britain",
            "GB",
            "u.s.",
            "US",
            "u.s.a.",
            "US",
            "prc",
            "CN",
            "p.r. china",
            "CN");
    private static final Map<String, String> CODES = codes();

    private Countries() {}

    static String code(String name) {
        return CODES.get(name.toLowerCase(Locale.ROOT));
    }

    private static Map<String, String> codes() {
        var codes = new HashMap<String, String>(OTHERS);
        for (var code : Locale.getISOCountries()) {
            var country = new Locale.Builder().setRegion(code).build();
            for (var language : LANGUAGES) {
                put(codes, country.getDisplayCountry(language), code);
            }
            try {
                codes.put(country.getISO3Country().toLowerCase(Locale.ROOT), code);
            } catch (MissingResourceException e) {
                // Not every one has three letters.
            }
        }
        // Letters go before names that look like them.
        for (var code : Locale.getISOCountries()) {
            codes.put(code.toLowerCase(Locale.ROOT), code);
        }
        return Map.copyOf(codes);
    }

    private static void put(Map<String, String> codes, String name, String code) {
        codes.putIfAbsent(name.toLowerCase(Locale.ROOT), code);
    }
}
