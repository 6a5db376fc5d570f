package io.gravity.dispatch.kafka;

import io.gravity.event.TableId;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** A text with {@code ${source}}, {@code ${database}}, {@code ${table}} and {@code ${singular}} in it. */
final class NameTemplate {
    private static final Map<String, String> IRREGULAR = Map.of(
            "people", "person",
            "children", "child",
            "men", "man",
            "women", "woman",
            "movies", "movie",
            "indices", "index");

    /** Plurals that end in {@code es} behind the singular. */
    private static final Pattern SIBILANT = Pattern.compile("(ss|sh|[nrt]ch|x|[bt]us|rus)es$");

    private NameTemplate() {}

    static String fill(String text, String source, TableId table) {
        return text.replace("${source}", source)
                .replace("${database}", table.database())
                .replace("${singular}", singular(table.name()))
                .replace("${table}", table.name());
    }

    /**
     * Returns an English plural's singular, the last word's if {@code _} stands between several: {@code order_items}
     * gives {@code order_item}, {@code categories} gives {@code category}. What is no plural stays as it is. A guess from
     * the ending; where it is wrong, write the word in the template.
     */
    static String singular(String name) {
        int start = name.lastIndexOf('_') + 1;
        return name.substring(0, start) + singularWord(name.substring(start));
    }

    private static String singularWord(String word) {
        var lower = word.toLowerCase(Locale.ROOT);
        var irregular = IRREGULAR.get(lower);
        if (irregular != null) {
            return irregular;
        }
        if (lower.length() < 4 || !lower.endsWith("s") || lower.matches(".*(ss|us|is)")) {
            return word;
        }
        int length = word.length();
        if (lower.endsWith("ies") && length > 4) {
            boolean upper = Character.isUpperCase(word.charAt(length - 3));
            return word.substring(0, length - 3) + (upper ? "Y" : "y");
        }
        return word.substring(0, length - (SIBILANT.matcher(lower).find() ? 2 : 1));
    }
}
