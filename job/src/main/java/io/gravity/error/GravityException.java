package io.gravity.error;

import static java.util.Objects.requireNonNull;

/** The one exception of the job: what happened, where, what was expected and what to do, under a code. */
public class GravityException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    public GravityException(ErrorCode code, String message) {
        this(code, message, null);
    }

    public GravityException(ErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = requireNonNull(code, "code");
    }

    public ErrorCode code() {
        return code;
    }
}
