package io.gravity.expression;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * Looks for a regular expression of RE2 in texts, in a time that rows behind do not notice: linear in the text for all
 * expressions, and the few that only RE2 itself knows are not sought in long texts, as it takes a hundred times as long for
 * each character. Not thread-safe.
 */
public final class TextSearch {
    /** How long a text may be for an expression that only RE2 knows. */
    public static final int LONGEST = 500_000;

    private final Automaton automaton;
    private final Pattern expression;

    /**
     * Creates the search.
     *
     * @throws PatternSyntaxException if the expression is none
     */
    public TextSearch(String pattern) {
        this.expression = Pattern.compile(pattern);
        this.automaton = Automaton.of(pattern).orElse(null);
    }

    /** Returns whether the text can be searched. */
    public boolean reads(String text) {
        return automaton != null || text.length() <= LONGEST;
    }

    /** Returns whether the expression is found anywhere in the text; not in one that can't be searched. */
    public boolean finds(String text) {
        if (automaton != null) {
            return automaton.finds(text);
        }
        return reads(text) && expression.matcher(text).find();
    }
}
