package io.gravity.quality;

/** How heavy an issue is, and so what becomes of its row; the later the heavier. */
public enum Severity {
    /** The row passes; the issue is counted. */
    WARN,
    /** The row is mended if a repair can do it, and passes with a warning if none can. */
    REPAIR,
    /** The row goes to the quarantine, unless a repair mends it before. */
    QUARANTINE,
    /** The row goes to the quarantine, and its table stops until somebody looks. */
    STOP_TABLE;

    /** Returns whether a row with such an issue may not pass. */
    public boolean keepsBack() {
        return this == QUARANTINE || this == STOP_TABLE;
    }
}
