package io.gravity.quality;

import static java.util.Objects.requireNonNullElse;

import java.io.Serializable;

/**
 * What is checked.
 *
 * @param duplicates how changes that come twice are found; {@code null} for not at all
 * @param checks what rows are judged by
 * @param report the report of it; {@code null} for none
 */
public record QualityConfig(DuplicateConfig duplicates, ChecksConfig checks, ReportConfig report)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    public QualityConfig {
        checks = requireNonNullElse(checks, ChecksConfig.none());
    }

    /** Creates a configuration without report. */
    public QualityConfig(DuplicateConfig duplicates, ChecksConfig checks) {
        this(duplicates, checks, null);
    }

    public static QualityConfig none() {
        return new QualityConfig(null, ChecksConfig.none());
    }

    /** Returns whether every change passes unseen. */
    public boolean isEmpty() {
        return duplicates == null && checks.isEmpty();
    }
}
