package io.gravity.config;

import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import java.util.List;

/** A configuration that can't be used; the message lists every problem with its line. */
public final class ConfigException extends GravityException {
    private static final long serialVersionUID = 1L;

    private final List<Problem> problems;

    ConfigException(String file, List<Problem> problems) {
        super(ErrorCode.CONFIG_INVALID, message(file, problems));
        this.problems = List.copyOf(problems);
    }

    /** Returns the problems in the order of their lines. */
    public List<Problem> problems() {
        return problems;
    }

    private static String message(String file, List<Problem> problems) {
        var text = new StringBuilder(file)
                .append(" has ")
                .append(problems.size())
                .append(problems.size() == 1 ? " problem:" : " problems:");
        for (var problem : problems) {
            text.append("\n  ").append(problem);
        }
        return text.toString();
    }
}
