package io.gravity.extension;

import static java.util.Objects.requireNonNull;

/**
 * What came of a call.
 *
 * @param value what it returned; may be {@code null}
 * @param failure why it returned nothing, in words for people; {@code null} if it did return
 */
public record Outcome(Object value, String failure) {

    static Outcome of(Object value) {
        return new Outcome(value, null);
    }

    static Outcome failed(String why) {
        return new Outcome(null, requireNonNull(why, "why"));
    }

    public boolean isFailure() {
        return failure != null;
    }
}
