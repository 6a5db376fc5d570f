package io.gravity.quality;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What is wrong with a row.
 *
 * @param rule the rule it breaks, as metrics and letters name it: one of a few words of the check, or what configuration
 *     calls it
 * @param field the column; {@code null} if it is a matter of the whole row
 * @param message for people; of a long value it quotes the beginning
 */
public record Issue(Check check, String rule, String field, Severity severity, String message) {

    public Issue {
        requireNonNull(check, "check");
        requireNonNull(rule, "rule");
        requireNonNull(severity, "severity");
        requireNonNull(message, "message");
    }

    /** Returns the heaviest severity; {@code null} if there is no issue. */
    public static Severity worst(List<Issue> issues) {
        Severity worst = null;
        for (var issue : issues) {
            if (worst == null || issue.severity.compareTo(worst) > 0) {
                worst = issue.severity;
            }
        }
        return worst;
    }
}
