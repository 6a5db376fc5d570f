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
                ? matches(text, table.name())
                : matches(text.substring(0, dot), table.database()) && matches(text.substring(dot + 1), table.name());
    }

    /** Returns whether the pattern names one table name exactly. */
    public boolean isExact() {
        return isExact(text);
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

    private static boolean matches(String glob, String name) {
        return isExact(glob) ? glob.equals(name) : Pattern.matches(regex(glob), name);
    }

    private static boolean isExact(String glob) {
        return glob.indexOf('*') < 0 && glob.indexOf('?') < 0;
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
