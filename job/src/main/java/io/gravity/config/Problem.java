package io.gravity.config;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * One thing wrong with a configuration.
 *
 * @param line in the file, from 1; 0 if it concerns the file as a whole
 * @param path of the key as written, e.g. {@code targets[1].retry.backoff}; empty if there is none
 * @param text what was found, what was expected and what to do
 */
public record Problem(int line, String path, String text) implements Serializable {

    public Problem {
        requireNonNull(path, "path");
        requireNonNull(text, "text");
    }

    @Override
    public String toString() {
        return (line > 0 ? "line " + line + "  " : "") + (path.isEmpty() ? "" : path + ": ") + text;
    }
}
