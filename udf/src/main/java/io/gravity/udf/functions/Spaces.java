package io.gravity.udf.functions;

/** White space of any script, also the one that does not break and the one without width. */
final class Spaces {
    private static final int LONGEST_QUOTE = 40;
    private static final int LONGEST_BRIEF = 1000;

    private Spaces() {}

    static String strip(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isSpace(text.charAt(from))) {
            from++;
        }
        while (to > from && isSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    static String collapse(String text) {
        var collapsed = new StringBuilder(text.length());
        boolean space = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isSpace(c)) {
                space = true;
            } else {
                if (space && collapsed.length() > 0) {
                    collapsed.append(' ');
                }
                space = false;
                collapsed.append(c);
            }
        }
        return collapsed.toString();
    }

    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\uFEFF' || c == '\u200B';
    }

    /** Returns the text; one so long that it can't be what is expected is refused before anybody looks at all of it. */
    static String brief(Object value, String expected) {
        var text = (String) value;
        if (text.length() > LONGEST_BRIEF) {
            throw refused(text, expected);
        }
        return text;
    }

    /** Returns what is thrown at a value that a function can do nothing with. */
    static IllegalArgumentException refused(Object value, String expected) {
        var text = value.toString();
        return new IllegalArgumentException("found \""
                + (text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "...") + "\", expected "
                + expected);
    }
}
