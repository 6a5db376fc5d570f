package io.gravity.config;

import java.util.List;
import java.util.stream.Collectors;

/** Writes YAML line by line, every text in double quotes, so that it reads back as it was. */
public final class YamlText {
    private static final String INDENT = "  ";
    private static final String UNSAFE = "\u00A0\u2028\u2029\uFEFF\uFFFE\uFFFF";

    private final StringBuilder text = new StringBuilder();
    private int depth;
    private boolean itemOpen;

    /** Opens a mapping or list under the key. */
    public void open(String key) {
        line(key(key) + ":");
        depth++;
    }

    /** Opens the next item of a list, a mapping. */
    public void item() {
        depth++;
        itemOpen = true;
    }

    /** Closes what was opened last. */
    public void close() {
        depth--;
    }

    public void text(String key, String value) {
        line(key(key) + ": " + quoted(value));
    }

    public void texts(String key, List<String> values) {
        line(key(key) + ": " + values.stream().map(YamlText::quoted).collect(Collectors.joining(", ", "[", "]")));
    }

    /** Writes a number or a word that needs no quotes. */
    public void plain(String key, Object value) {
        line(key(key) + ": " + value);
    }

    public void comment(String comment) {
        text.append(INDENT.repeat(depth)).append("# ").append(comment).append('\n');
    }

    private void line(String line) {
        text.append(INDENT.repeat(itemOpen ? depth - 1 : depth))
                .append(itemOpen ? "- " : "")
                .append(line)
                .append('\n');
        itemOpen = false;
    }

    private static String key(String key) {
        return key.matches("[A-Za-z][A-Za-z0-9_.-]*") ? key : quotedExactly(key);
    }

    static String quoted(String value) {
        return quotedExactly(Placeholders.escape(value));
    }

    private static String quotedExactly(String value) {
        var quoted = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (Character.isISOControl(c) || UNSAFE.indexOf(c) >= 0) {
                        quoted.append("\\u%04x".formatted((int) c));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
