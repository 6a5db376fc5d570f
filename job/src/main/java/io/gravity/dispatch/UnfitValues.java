package io.gravity.dispatch;

/** What becomes of a value that a target's type can't hold, such as the date {@code 0000-00-00}. Keys are refused. */
public enum UnfitValues {
    /** The row becomes a dead letter. */
    REFUSE,
    /** NULL is written, where the column takes it. */
    SET_NULL,
    /** The nearest value that the type has is written. */
    NEAREST
}
