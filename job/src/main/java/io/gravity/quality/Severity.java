package io.gravity.quality;

/** How heavy an issue is, and so what becomes of its row; the later the heavier. */
public enum Severity {
    /** The row passes; the issue is counted. */
    WARN,
    /** The same as the next one, if there is a quarantine; else the row passes with a warning if no repair mends it. */
    REPAIR,
    /** The row goes to the quarantine, unless a repair mends it before. */
    QUARANTINE,
    /** The row is set aside unless a repair mends it, and its table stops until an operator decides. */
    STOP_TABLE;

    /** Returns whether a row with such an issue may not pass. */
    public boolean keepsBack() {
        return this == QUARANTINE || this == STOP_TABLE;
    }
}
