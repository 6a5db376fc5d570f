package io.gravity.resolve;

/** What an operator decides about changes that a conflict stopped. */
public enum Choice {
    /** What stood before the conflict stays; the changes that conflict with it are dropped, seen. */
    KEEP_OURS,
    /** The changes that conflict are made. */
    KEEP_THEIRS,
    /** The held changes are judged anew, as if the table's strategy were timestamp-latest. */
    REPLAY
}
