package io.gravity.event;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/** A table's name within one database server, in the case the server reports it. */
public record TableId(String database, String name) implements Serializable {
    private static final long serialVersionUID = 1L;

    public TableId {
        requireNonNull(database, "database");
        requireNonNull(name, "name");
    }

    /** Parses {@code database.table}; the first dot separates. */
    public static TableId parse(String qualified) {
        int dot = qualified.indexOf('.');
        if (dot < 1 || dot == qualified.length() - 1) {
            throw new IllegalArgumentException("expected database.table, found \"" + qualified + "\"");
        }
        return new TableId(qualified.substring(0, dot), qualified.substring(dot + 1));
    }

    @Override
    public String toString() {
        return database + "." + name;
    }
}
