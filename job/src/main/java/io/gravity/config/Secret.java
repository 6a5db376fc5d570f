package io.gravity.config;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** A credential that never shows itself: prints as {@code ***} wherever it lands by accident. */
public final class Secret implements Serializable {
    private static final long serialVersionUID = 1L;

    private static final String MASK = "***";
    private static final Pattern SECRET_NAME =
            Pattern.compile("password|passwd|passphrase|secret|token|credential|jaas|private.?key|keystore\\.key");

    private final String value;

    private Secret(String value) {
        this.value = requireNonNull(value, "value");
    }

    public static Secret of(String value) {
        return new Secret(value);
    }

    /** Returns the credential itself, for the driver that needs it. */
    public String reveal() {
        return value;
    }

    public boolean isEmpty() {
        return value.isEmpty();
    }

    /** Returns the properties of a driver for people to read: values whose names sound like credentials are masked. */
    public static Map<String, String> mask(Map<String, String> properties) {
        var masked = new TreeMap<>(properties);
        masked.replaceAll((name, text) ->
                SECRET_NAME.matcher(name.toLowerCase(Locale.ROOT)).find() ? MASK : text);
        return masked;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Secret other && value.equals(other.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return MASK;
    }
}
