package io.gravity.error;

/** What went wrong; the category alone decides what happens next. */
public enum ErrorCode {
    CONFIG_INVALID(Category.CONFIG),
    SOURCE_UNUSABLE(Category.CONFIG),
    TABLE_WITHOUT_KEY(Category.CONFIG),
    SOURCE_UNREADABLE(Category.INTERNAL),
    TARGET_UNREACHABLE(Category.TARGET_RETRYABLE),
    TARGET_BUSY(Category.TARGET_RETRYABLE),
    TARGET_REFUSED_ROW(Category.DATA),
    TARGET_MISCONFIGURED(Category.TARGET_FATAL),
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
}
