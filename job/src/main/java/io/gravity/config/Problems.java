package io.gravity.config;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong with one file, so that its author learns of everything at once. */
public final class Problems {
    private final String file;
    private final List<Problem> found = new ArrayList<>();

    public Problems(String file) {
        this.file = requireNonNull(file, "file");
    }

    public void add(int line, String path, String text) {
        found.add(new Problem(line, path, text));
    }

    public int count() {
        return found.size();
    }

    /** Throws all that was found, in the order of the file, if anything was. */
    public void throwIfAny() {
        if (!found.isEmpty()) {
            throw exception();
        }
    }

    /** Ends reading here, where nothing further can be checked. */
    ConfigException fatal(int line, String text) {
        add(line, "", text);
        return exception();
    }

    private ConfigException exception() {
        found.sort(Comparator.comparingInt(Problem::line));
        return new ConfigException(file, found);
    }
}
