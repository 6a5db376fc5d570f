package io.gravity.local.server;

/**
 * The binaries of a server can't be had on this machine. The message says what is missing and how to
 * get it, so that a demo can print it and a test can skip itself loudly.
 */
public final class ServerUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ServerUnavailableException(String message) {
        super(message);
    }

    public ServerUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
