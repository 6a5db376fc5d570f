package io.gravity.error;

/** What went wrong; the category alone decides what happens next. */
public enum ErrorCode {
    CONFIG_INVALID(Category.CONFIG),
    SOURCE_UNUSABLE(Category.CONFIG),
    TABLE_WITHOUT_KEY(Category.CONFIG),
    SOURCE_UNREADABLE(Category.INTERNAL),
    TARGET_UNREACHABLE(Category.TARGET_RETRYABLE),
    TARGET_BUSY(Category.TARGET_RETRYABLE),
    /** Another row of the target holds a value that must be unique; that row may still be about to change. */
    CONSTRAINT_UNIQUE(Category.DATA),
    /** The row that a foreign key asks for is not there, or not yet. */
    CONSTRAINT_PARENT(Category.DATA),
    /** Rows refer to the one to be deleted, perhaps not for long. */
    CONSTRAINT_CHILD(Category.DATA),
    VALUE_TOO_LONG(Category.DATA),
    VALUE_NULL(Category.DATA),
    VALUE_OUT_OF_RANGE(Category.DATA),
    TARGET_REFUSED_ROW(Category.DATA),
    /** A transform can do nothing with the row. */
    ROW_UNTRANSFORMABLE(Category.DATA),
    /** The target has been away for longer than its queue has room for. */
    QUEUE_FULL(Category.DATA),
    TARGET_MISCONFIGURED(Category.TARGET_FATAL),
    /** One table of the target is not as its rows need it, and the target's policy does not change it. */
    TABLE_STOPPED(Category.TARGET_FATAL),
    STATE_DAMAGED(Category.INTERNAL);

    /** The five ways the job answers an error. */
    public enum Category {
        /** Refuse to start, listing every problem. */
        CONFIG,
        /** The row is at fault. */
        DATA,
        /** Back off and try again, keeping the order. */
        TARGET_RETRYABLE,
        /** Trying again does not help until somebody acts; the message says how. */
        TARGET_FATAL,
        /** Fail the job with the state that surprised us. */
        INTERNAL
    }

    private final Category category;

    ErrorCode(Category category) {
        this.category = category;
    }

    public Category category() {
        return category;
    }

    /** Returns whether a change of another row can make the same row acceptable. */
    public boolean mayHeal() {
        return this == CONSTRAINT_UNIQUE || this == CONSTRAINT_PARENT || this == CONSTRAINT_CHILD;
    }
}
