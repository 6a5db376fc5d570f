package io.gravity.source;

/** What a worker of a source is about. The number of each is what the gauge {@code state} shows: the larger, the worse. */
enum SourceState {
    /** Nothing to read yet, or nothing left but what another worker reads. */
    WAITING,
    /** Reads the binlog. */
    STREAMING,
    /** Copies tables. */
    SNAPSHOT,
    /** Tries again and again to reach the database, or to be let in. */
    UNREACHABLE,
    /** The server no longer has the binlog from the saved position on. */
    BINLOG_LOST
}
