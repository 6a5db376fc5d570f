package io.gravity.dispatch.clickhouse;

import io.gravity.error.ErrorCode;

/** A value that the column's type in ClickHouse can't hold. */
final class UnfitValueException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    UnfitValueException(ErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    ErrorCode code() {
        return code;
    }
}
