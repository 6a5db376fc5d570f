package io.gravity.quality;

/** Shows values in messages: not more than their beginning, and always as text that can be written as UTF-8. */
final class Quote {
    private static final int LONGEST = 60;

    private Quote() {}

    static String of(String text) {
        var shown = new StringBuilder().append('"');
        int at = 0;
        while (at < text.length() && shown.length() <= LONGEST) {
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
        if (at < text.length()) {
            shown.append("...");
        }
        shown.append('"');
        return at < text.length() ? shown + " (" + text.length() + " characters)" : shown.toString();
    }
}
