package io.gravity.dispatch;

import io.gravity.error.ErrorCode;

/** A value that the column's type in the target can't hold. */
public final class UnfitValueException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    public UnfitValueException(ErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }
}
