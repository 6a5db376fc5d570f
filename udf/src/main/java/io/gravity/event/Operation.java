package io.gravity.event;

/** What happened to the row at its source. The ordinal is part of the serialized form: append only. */
public enum Operation {
    /** The row was read by the snapshot; it existed at some moment after the snapshot's recorded position. */
    READ,
    INSERT,
    UPDATE,
    DELETE;

    private static final Operation[] VALUES = values();

    /** Returns the operation with this ordinal; used by the serializer. */
    public static Operation of(int ordinal) {
        return VALUES[ordinal];
    }
}
