package io.gravity.transform;

/** Says why a row can't be transformed. Without a stack trace, as there may be one for each row. */
final class RowFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RowFault(String message) {
        super(message, null, false, false);
    }

    RowFault(String column, String message) {
        this("column " + column + ": " + message);
    }
}
