package io.gravity.local.converge;

import java.util.List;

/**
 * The tables that both sources write, one for each strategy, and one that tells when a job has begun to read.
 *
 * <p>Columns are all the oracle knows of a row: its key, a counter, a number that only the greatest of counts, a state
 * and a text.
 */
final class HotTables {
    static final String LATEST = "hot_latest";
    static final String PRIORITY = "hot_priority";
    static final String EARLIEST = "hot_earliest";
    static final String MERGE = "hot_merge";
    static final String CUSTOM = "hot_custom";
    static final List<String> ALL = List.of(LATEST, PRIORITY, EARLIEST, MERGE, CUSTOM);
    static final String GATE = "a_gate";

    /** In all tables together 1,000 keys. */
    static final int KEYS_EACH = 200;

    static final List<String> COLUMNS = List.of("id", "counter", "peak", "status", "note");
    static final int COUNTER = 1;
    static final int PEAK = 2;
    static final int STATUS = 3;
    static final int NOTE = 4;

    /** The status that stands further left wins in a merge. */
    static final List<String> STATUSES = List.of("closed", "paid", "open");

    private HotTables() {}

    static String create(String table) {
        return "CREATE TABLE hot." + table + " (id INT NOT NULL PRIMARY KEY, counter BIGINT NOT NULL, peak INT,"
                + " status VARCHAR(10), note VARCHAR(40))";
    }
}
