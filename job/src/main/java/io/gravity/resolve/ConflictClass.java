package io.gravity.resolve;

import java.util.Locale;

/**
 * What two sources disagree about. A change that its source made after it had seen the row as it stands is no conflict,
 * nor are two changes that say the same; {@link ConflictRule} has the exact rule.
 */
public enum ConflictClass {
    /** An insert, or a snapshot row, where another source's row lives. GoldenGate: INSERTROWEXISTS. */
    INSERT_EXISTS,
    /** An update made on another row than the one that stands. GoldenGate: UPDATEROWEXISTS. */
    UPDATE_EXISTS,
    /** An update of a row that another source removed, or that nobody ever showed. GoldenGate: UPDATEROWMISSING. */
    UPDATE_MISSING,
    /** A delete against a newer change, or of another row than the one that stands. GoldenGate: DELETEROWEXISTS. */
    DELETE_EXISTS,
    /** A delete of a row that another source removed, or that nobody ever showed. GoldenGate: DELETEROWMISSING. */
    DELETE_MISSING,
    /** A change older than the one that stands. */
    STALE_UPDATE;

    /** Returns the name as audit records and metrics have it, e.g. {@code insert-exists}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
