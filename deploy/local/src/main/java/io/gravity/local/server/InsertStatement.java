package io.gravity.local.server;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * An INSERT with rows in the request, cut into the parts that the engine takes apart: rows inside
 * the statement's text would be cut at an empty line.
 *
 * @param sql the statement up to its FORMAT or VALUES
 * @param format the format of the rows
 * @param rows the rows, maybe binary
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
record InsertStatement(byte[] sql, String format, byte[] rows) {

    /** The words after which the rows follow, in whatever way; the empty one is the end. */
    private static final Set<String> END_OF_STATEMENT = Set.of("VALUES", "FORMAT", "SELECT", "WITH", "");

    /** Cuts a request; empty if it is no INSERT, or one whose rows come from a SELECT. */
    static Optional<InsertStatement> parse(byte[] request) {
        var scanner = new Scanner(new String(request, StandardCharsets.ISO_8859_1));
        if (!"INSERT".equals(scanner.nextWord())) {
            return Optional.empty();
        }
        String word = scanner.nextWord();
        while (!END_OF_STATEMENT.contains(word)) {
            word = scanner.nextWord();
        }
        byte[] sql = Arrays.copyOf(request, scanner.wordStart);
        return switch (word) {
            case "VALUES" -> Optional.of(new InsertStatement(sql, "Values", rest(request, scanner.position)));
            case "FORMAT" -> {
                scanner.nextWord();
                String format = scanner.text.substring(scanner.wordStart, scanner.position);
                yield Optional.of(new InsertStatement(sql, format, rest(request, scanner.startOfRows())));
            }
            default -> Optional.empty();
        };
    }

    private static byte[] rest(byte[] request, int from) {
        return Arrays.copyOfRange(request, from, request.length);
    }

    /** Walks over the words of the outermost level: quotes, comments and parentheses are passed over. */
    private static final class Scanner {
        private final String text;
        private int position;
        private int wordStart;

        Scanner(String text) {
            this.text = text;
        }

        /** The next word in capitals; empty at the end. */
        String nextWord() {
            int depth = 0;
            while (position < text.length()) {
                char c = text.charAt(position);
                if (c == '\'' || c == '"' || c == '`') {
                    skipQuoted(c);
                } else if (text.startsWith("--", position)) {
                    skipTo("\n");
                } else if (text.startsWith("/*", position)) {
                    skipTo("*/");
                } else if (isWordPart(c) && depth == 0) {
                    wordStart = position;
                    while (position < text.length() && isWordPart(text.charAt(position))) {
                        position++;
                    }
                    return text.substring(wordStart, position).toUpperCase(Locale.ROOT);
                } else {
                    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
                    position++;
                }
            }
            wordStart = position;
            return "";
        }

        /** After the format's name: blanks, a semicolon and one line break belong to the statement. */
        int startOfRows() {
            skipBlanks();
            if (at(';')) {
                position++;
                skipBlanks();
            }
            if (at('\r')) {
                position++;
            }
            if (at('\n')) {
                position++;
            }
            return position;
        }

        private void skipBlanks() {
            while (at(' ') || at('\t')) {
                position++;
            }
        }

        private boolean at(char c) {
            return position < text.length() && text.charAt(position) == c;
        }

        private void skipQuoted(char quote) {
            position++;
            while (position < text.length() && text.charAt(position) != quote) {
                position += text.charAt(position) == '\\' ? 2 : 1;
            }
            position++;
        }

        private void skipTo(String end) {
            int found = text.indexOf(end, position + 2);
            position = found < 0 ? text.length() : found + end.length();
        }

        private static boolean isWordPart(char c) {
            return c == '_' || c == '.' || (c < 128 && Character.isLetterOrDigit(c));
        }
    }
}
