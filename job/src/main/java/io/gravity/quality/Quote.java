package io.gravity.quality;

/** Shows values in messages: not more than their beginning, and always as text that can be written as UTF-8. */
final class Quote {
    private static final int LONGEST = 60;
    private static final int LONGEST_MESSAGE = 500;

    private Quote() {}

    /** Returns a value in quotes. */
    static String of(String text) {
        var shown = '"' + beginning(text, LONGEST) + '"';
        return text.length() <= LONGEST ? shown : shown + " (" + text.length() + " characters)";
    }

    /** Returns a message that others have written. */
    static String cut(String message) {
        return beginning(message, LONGEST_MESSAGE);
    }

    private static String beginning(String text, int longest) {
        var shown = new StringBuilder();
        int at = 0;
        while (at < text.length() && at < longest) {
            int c = text.codePointAt(at);
            at += Character.charCount(c);
            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                shown.append('\uFFFD');
            } else if (Character.isISOControl(c)) {
                shown.append("\\u%04x".formatted(c));
            } else {
                shown.appendCodePoint(c);
            }
        }
        return at < text.length() ? shown + "..." : shown.toString();
    }
}
