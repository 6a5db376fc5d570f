package io.gravity.event;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.regex.Pattern;

/**
 * A table name as configuration writes it: {@code table} or {@code database.table}, each part a literal with
 * {@code *} for any characters and {@code ?} for one. Without a database part the name matches in every database.
 *
 * @param text the pattern as written
 */
public record TablePattern(String text) implements Serializable {

    public TablePattern {
        requireNonNull(text, "text");
        if (text.isBlank() || text.startsWith(".") || text.endsWith(".")) {
            throw new IllegalArgumentException(
                    "expected table or database.table with * and ? as wildcards, found \"" + text + "\"");
        }
    }

    /** Returns whether the table is meant. */
    public boolean matches(TableId table) {
        int dot = text.indexOf('.');
        return dot < 0
                ? part(text).matcher(table.name()).matches()
                : part(text.substring(0, dot)).matcher(table.database()).matches()
                        && part(text.substring(dot + 1)).matcher(table.name()).matches();
    }

    /** Returns whether the pattern names one table name exactly. */
    public boolean isExact() {
        return text.indexOf('*') < 0 && text.indexOf('?') < 0;
    }

    /** Returns the regular expression of the database part, as source text; any name if there is no such part. */
    public String databaseRegex() {
        int dot = text.indexOf('.');
        return dot < 0 ? "[^.]+" : regex(text.substring(0, dot));
    }

    /** Returns the regular expression of the table part, as source text. */
    public String nameRegex() {
        return regex(text.substring(text.indexOf('.') + 1));
    }

    private static Pattern part(String glob) {
        return Pattern.compile(regex(glob));
    }

    private static String regex(String glob) {
        var regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            switch (c) {
                case '*' -> regex.append("[^.]*");
                case '?' -> regex.append("[^.]");
                default -> {
                    if (!Character.isLetterOrDigit(c) && c != '_') {
                        regex.append('\\');
                    }
                    regex.append(c);
                }
            }
        }
        return regex.toString();
    }

    @Override
    public String toString() {
        return text;
    }
}
