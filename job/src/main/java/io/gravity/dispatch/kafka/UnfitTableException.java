package io.gravity.dispatch.kafka;

/** A format's settings name what a table does not have; the message says what helps. */
final class UnfitTableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnfitTableException(String message) {
        super(message);
    }
}
