package io.gravity.event;

import static java.util.Objects.requireNonNull;

/** One column of a table. */
public record Column(String name, ColumnType type, boolean nullable) {

    public Column {
        requireNonNull(name, "name");
        requireNonNull(type, "type");
    }
}
