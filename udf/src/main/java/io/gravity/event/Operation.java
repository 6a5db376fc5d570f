package io.gravity.event;

import java.util.List;

/** What happened to the row, or its table, at its source. The ordinal is part of the serialized form: append only. */
public enum Operation {
    /** The row was read by the snapshot; it existed at some moment after the snapshot's recorded position. */
    READ,
    INSERT,
    UPDATE,
    DELETE,
    /** The columns of the table are now these. Carries no row. */
    SCHEMA,
    /** All rows of the table are gone that the source wrote before. Carries no row. */
    TRUNCATE;

    private static final Operation[] VALUES = values();
    private static final List<Operation> OF_ROWS = List.of(READ, INSERT, UPDATE, DELETE);

    /** Returns the operation with this ordinal; used by the serializer. */
    public static Operation of(int ordinal) {
        return VALUES[ordinal];
    }

    /** Returns what can happen to a row; the others happen to its table. */
    public static List<Operation> ofRows() {
        return OF_ROWS;
    }

    /** Returns what to throw where only changes of rows can come. */
    public IllegalStateException hasNoRow() {
        return new IllegalStateException(this + " has no row, and nothing that needs one should see it");
    }
}
