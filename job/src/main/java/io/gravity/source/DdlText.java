package io.gravity.source;

import java.util.ArrayList;
import java.util.List;

/**
 * A statement as its words: comments are gone, and what a comment holds for this server stands in its place. Knows
 * nothing of grammar. Pure.
 */
final class DdlText {
    private static final int DIGITS_OF_VERSION = 5;
    private static final int MORE_DIGITS_OF_VERSION = 6;

    /** MariaDB takes comments for these versions to be for MySQL alone. */
    private static final int FIRST_OF_MYSQL_ALONE = 50_700;

    private static final int LAST_OF_MYSQL_ALONE = 99_999;

    private final String text;
    private final List<Token> tokens;

    /**
     * A server, as far as it decides which comments it executes.
     *
     * @param version e.g. 90700 for 9.7.0, and 110405 for MariaDB 11.4.5
     */
    record Server(int version, boolean isMariaDb) {

        /** Reads what a server says of itself; MariaDB before 11 begins with a version that it never had. */
        static Server of(String version) {
            var numbers = version.replaceFirst("^5\\.5\\.5-(?=\\d)", "").split("[^0-9]+", -1);
            int number = 0;
            for (int i = 0; i < 3; i++) {
                number =
                        100 * number + (i < numbers.length && !numbers[i].isEmpty() ? Integer.parseInt(numbers[i]) : 0);
            }
            return new Server(number, version.contains("MariaDB"));
        }

        private boolean executes(int sinceVersion, boolean forMariaDb) {
            if (forMariaDb && !isMariaDb) {
                return false;
            }
            boolean isOthers = isMariaDb
                    && !forMariaDb
                    && sinceVersion >= FIRST_OF_MYSQL_ALONE
                    && sinceVersion <= LAST_OF_MYSQL_ALONE;
            return !isOthers && sinceVersion <= version;
        }
    }

    /**
     * A word, a quoted name, a string, a number or a sign.
     *
     * @param start where it begins in the statement's text
     * @param end where the next one may begin
     */
    record Token(String text, int start, int end) {
        boolean is(String word) {
            return text.equalsIgnoreCase(word);
        }

        boolean isOneOf(List<String> words) {
            return words.stream().anyMatch(this::is);
        }

        /** Returns the name it is, without quotes. */
        String name() {
            char quote = text.charAt(0);
            return quote == '`' || quote == '"'
                    ? text.substring(1, text.length() - 1).replace(String.valueOf(quote) + quote, String.valueOf(quote))
                    : text;
        }
    }

    private DdlText(String text, List<Token> tokens) {
        this.text = text;
        this.tokens = tokens;
    }

    static DdlText of(String sql, Server server) {
        var text = withoutComments(sql, server);
        return new DdlText(text, tokens(text));
    }

    /** Returns the statement without comments. */
    String text() {
        return text;
    }

    List<Token> tokens() {
        return tokens;
    }

    private static String withoutComments(String sql, Server server) {
        var out = new StringBuilder(sql.length());
        int i = 0;
        int executed = 0;
        while (i < sql.length()) {
            char c = sql.charAt(i);
            if (c == '\'' || c == '"' || c == '`') {
                int end = endOfQuoted(sql, i);
                out.append(sql, i, end);
                i = end;
            } else if (c == '#' || isDashComment(sql, i)) {
                int end = sql.indexOf('\n', i);
                i = end < 0 ? sql.length() : end;
                out.append(' ');
            } else if (sql.startsWith("/*!", i) || sql.startsWith("/*M!", i)) {
                boolean forMariaDb = sql.charAt(i + 2) == 'M';
                int begin = i + (forMariaDb ? 4 : 3);
                int digits = digits(sql, begin);
                int since = digits == 0 ? 0 : Integer.parseInt(sql.substring(begin, begin + digits));
                if (server.executes(since, forMariaDb)) {
                    executed++;
                    i = begin + digits;
                } else {
                    i = endOfComment(sql, i);
                }
                out.append(' ');
            } else if (sql.startsWith("/*", i)) {
                i = endOfComment(sql, i);
                out.append(' ');
            } else if (executed > 0 && sql.startsWith("*/", i)) {
                executed--;
                i += 2;
                out.append(' ');
            } else {
                out.append(c);
                i++;
            }
        }
        return out.toString().strip();
    }

    private static boolean isDashComment(String sql, int at) {
        return sql.startsWith("--", at) && (at + 2 == sql.length() || Character.isWhitespace(sql.charAt(at + 2)));
    }

    private static int endOfComment(String sql, int at) {
        int end = sql.indexOf("*/", at + 2);
        return end < 0 ? sql.length() : end + 2;
    }

    private static int digits(String sql, int at) {
        int n = 0;
        while (n < MORE_DIGITS_OF_VERSION && at + n < sql.length() && Character.isDigit(sql.charAt(at + n))) {
            n++;
        }
        return n < DIGITS_OF_VERSION ? 0 : n;
    }

    private static int endOfQuoted(String sql, int at) {
        char quote = sql.charAt(at);
        int i = at + 1;
        while (i < sql.length()) {
            char c = sql.charAt(i);
            if (c == '\\' && quote != '`') {
                i += 2;
            } else if (c != quote) {
                i++;
            } else if (i + 1 < sql.length() && sql.charAt(i + 1) == quote) {
                i += 2;
            } else {
                return i + 1;
            }
        }
        return sql.length();
    }

    private static List<Token> tokens(String text) {
        var tokens = new ArrayList<Token>();
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (Character.isWhitespace(c)) {
                i++;
                continue;
            }
            int end = i + 1;
            if (c == '\'' || c == '"' || c == '`') {
                end = endOfQuoted(text, i);
            } else if (isOfWord(c)) {
                while (end < text.length() && isOfWord(text.charAt(end))) {
                    end++;
                }
            }
            tokens.add(new Token(text.substring(i, end), i, end));
            i = end;
        }
        return tokens;
    }

    private static boolean isOfWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c > 127;
    }
}
