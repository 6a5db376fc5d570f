package io.gravity.quality;

import java.io.Serializable;

/**
 * What is checked.
 *
 * @param duplicates how changes that come twice are found; {@code null} for not at all
 */
public record QualityConfig(DuplicateConfig duplicates) implements Serializable {
    private static final long serialVersionUID = 1L;

    public static QualityConfig none() {
        return new QualityConfig(null);
    }

    /** Returns whether every change passes unseen. */
    public boolean isEmpty() {
        return duplicates == null;
    }
}
