package io.gravity.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A regular expression as a tree: the part of RE2's language that {@link Automaton} knows. */
sealed interface Regex {
    /** The largest code point. */
    int LAST = Character.MAX_CODE_POINT;

    /** One character: pairs of the first and last of each range. */
    record Chars(List<int[]> ranges, boolean negated) implements Regex {
        boolean has(int c) {
            return negated != ranges.stream().anyMatch(range -> range[0] <= c && c <= range[1]);
        }
    }

    /** All in a row; none for the empty text. */
    record Sequence(List<Regex> parts) implements Regex {}

    record Choice(List<Regex> branches) implements Regex {}

    /**
     * One part over and over.
     *
     * @param max -1 for any number
     */
    record Repeat(Regex part, int min, int max) implements Regex {}

    /** An expression with the anchors at its ends. */
    record Anchored(Regex inner, boolean atStart, boolean atEnd) {}

    /** Returns what the expression says; empty if it has what is not known here. */
    static Optional<Anchored> parse(String pattern) {
        try {
            return Optional.of(new Parser(pattern).parse());
        } catch (UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    /** Reads an expression that RE2 has read before, so it is known to be well-formed. */
    final class Parser {
        private static final Pattern COUNT = Pattern.compile("\\{(\\d{1,4})(,(\\d{0,4}))?}");
        private static final String SPECIAL = "\\^$.|?*+()[]{}-/@#%&=:;,!~<>'\"` ";

        private final String pattern;
        private int at;

        private Parser(String pattern) {
            this.pattern = pattern;
        }

        private Anchored parse() {
            boolean atStart = take('^');
            var inner = choice();
            boolean atEnd = take('$');
            // An anchor belongs to one branch alone.
            if (at < pattern.length() || ((atStart || atEnd) && inner instanceof Choice)) {
                throw new UnsupportedOperationException();
            }
            return new Anchored(inner, atStart, atEnd);
        }

        private Regex choice() {
            var branches = new ArrayList<Regex>();
            branches.add(sequence());
            while (take('|')) {
                branches.add(sequence());
            }
            return branches.size() == 1 ? branches.get(0) : new Choice(branches);
        }

        private Regex sequence() {
            var parts = new ArrayList<Regex>();
            while (at < pattern.length() && "|)$".indexOf(pattern.charAt(at)) < 0) {
                parts.add(repeated(atom()));
            }
            return new Sequence(parts);
        }

        private Regex repeated(Regex part) {
            var count = COUNT.matcher(pattern).region(at, pattern.length());
            Regex repeat;
            if (take('*')) {
                repeat = new Repeat(part, 0, -1);
            } else if (take('+')) {
                repeat = new Repeat(part, 1, -1);
            } else if (take('?')) {
                repeat = new Repeat(part, 0, 1);
            } else if (count.lookingAt()) {
                at = count.end();
                int min = Integer.parseInt(count.group(1));
                repeat = new Repeat(
                        part,
                        min,
                        count.group(2) == null
                                ? min
                                : count.group(3).isEmpty() ? -1 : Integer.parseInt(count.group(3)));
            } else {
                return part;
            }
            take('?'); // the shortest match is found where the longest is
            if (at < pattern.length() && "*+?{".indexOf(pattern.charAt(at)) >= 0) {
                throw new UnsupportedOperationException();
            }
            return repeat;
        }

        private Regex atom() {
            if (take('(')) {
                if (take('?') && !take(':')) {
                    throw new UnsupportedOperationException();
                }
                var inner = choice();
                if (!take(')')) {
                    throw new UnsupportedOperationException();
                }
                return inner;
            }
            if (take('[')) {
                return charClass();
            }
            if (take('.')) {
                return new Chars(List.of(new int[] {'\n', '\n'}), true);
            }
            if (take('\\')) {
                return escape();
            }
            int c = next();
            if (c < 128 && "^{}]*+?".indexOf(c) >= 0) {
                throw new UnsupportedOperationException();
            }
            return one(c);
        }

        private Chars escape() {
            int c = next();
            return switch (c) {
                case 'd' -> new Chars(List.of(new int[] {'0', '9'}), false);
                case 'D' -> new Chars(List.of(new int[] {'0', '9'}), true);
                case 'w', 'W' ->
                    new Chars(
                            List.of(new int[] {'0', '9'}, new int[] {'A', 'Z'}, new int[] {'_', '_'}, new int[] {
                                'a', 'z'
                            }),
                            c == 'W');
                case 's', 'S' ->
                    new Chars(List.of(new int[] {'\t', '\n'}, new int[] {'\f', '\r'}, new int[] {' ', ' '}), c == 'S');
                case 't' -> one('\t');
                case 'n' -> one('\n');
                case 'r' -> one('\r');
                default -> {
                    if (c >= 128 || SPECIAL.indexOf(c) < 0) {
                        throw new UnsupportedOperationException();
                    }
                    yield one(c);
                }
            };
        }

        private Chars charClass() {
            boolean negated = take('^');
            var ranges = new ArrayList<int[]>();
            boolean first = true;
            while (first || !take(']')) {
                if (at < pattern.length() && (pattern.charAt(at) == '[' || (first && pattern.charAt(at) == ']'))) {
                    throw new UnsupportedOperationException();
                }
                member(ranges, first);
                first = false;
            }
            return new Chars(ranges, negated);
        }

        private void member(List<int[]> ranges, boolean first) {
            if (take('-')) {
                // A hyphen stands for itself at the ends.
                if (!first && at < pattern.length() && pattern.charAt(at) != ']') {
                    throw new UnsupportedOperationException();
                }
                ranges.add(new int[] {'-', '-'});
                return;
            }
            var from = take('\\') ? escape() : one(next());
            boolean isRange = at + 1 < pattern.length() && pattern.charAt(at) == '-' && pattern.charAt(at + 1) != ']';
            if (from.negated() || (isRange && !isOne(from))) {
                throw new UnsupportedOperationException();
            }
            if (!isRange) {
                ranges.addAll(from.ranges());
                return;
            }
            at++;
            var to = take('\\') ? escape() : one(next());
            if (to.negated() || !isOne(to)) {
                throw new UnsupportedOperationException();
            }
            ranges.add(new int[] {from.ranges().get(0)[0], to.ranges().get(0)[0]});
        }

        private static boolean isOne(Chars chars) {
            return chars.ranges().size() == 1
                    && chars.ranges().get(0)[0] == chars.ranges().get(0)[1];
        }

        private static Chars one(int c) {
            return new Chars(List.of(new int[] {c, c}), false);
        }

        private boolean take(char c) {
            boolean found = at < pattern.length() && pattern.charAt(at) == c;
            at += found ? 1 : 0;
            return found;
        }

        private int next() {
            if (at >= pattern.length()) {
                throw new UnsupportedOperationException();
            }
            int c = pattern.codePointAt(at);
            at += Character.charCount(c);
            return c;
        }
    }
}
