package io.gravity.udf;

/**
 * What users' extensions of every kind tell of themselves. Each is registered in {@code META-INF/services/} under the
 * name of the interface it implements, and needs a constructor without arguments.
 */
public interface Extension {

    /** Returns the name that configuration calls it by; {@code -} and {@code _} are the same there. */
    String name();

    /** Returns which edition of it this is, for the log; as the jar's manifest states it, if not overridden. */
    default String version() {
        var stated = getClass().getPackage().getImplementationVersion();
        return stated == null ? "unversioned" : stated;
    }
}
