package io.gravity.types;

import io.gravity.event.TableId;

/**
 * The table by which Gravity recognises its own writing. A transaction of a job that has an origin begins with a row of
 * this table, and a source that reads the binlog knows by it whose transaction that is. Its place is the same on every
 * server, since a reader that looked elsewhere would take every change for an application's.
 */
public final class OriginTable {
    public static final TableId ID = new TableId("gravity", "gravity_origin");

    /** The column that names the origin. */
    public static final String ORIGIN = "origin";
    /** Transactions that run at once have rows of their own, or they would wait for each other. */
    public static final String SLOT = "slot";

    public static final String WRITES = "writes";

    /** Characters, of ASCII. */
    public static final int LONGEST_ORIGIN = 64;

    private OriginTable() {}
}
