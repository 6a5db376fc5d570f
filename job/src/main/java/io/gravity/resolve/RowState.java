package io.gravity.resolve;

import java.util.ArrayList;
import java.util.List;

/**
 * What is known of one row.
 *
 * @param heads the last word of each source that wrote it; that of the change that stands comes first. Empty if the
 *     very first change was stopped
 * @param deleted whether the row that stands is none
 * @param version what targets compare by; grows with each change passed on
 * @param expiresAtMillis the processing time from which on it may be forgotten; 0 for never
 * @param imageHash hash of the row that stands, to tell whether another source saw it; 0 if the row is not shared
 * @param stopped whether changes of the row wait for an operator's decision
 */
record RowState(List<Head> heads, boolean deleted, long version, long expiresAtMillis, int imageHash, boolean stopped) {

    RowState(List<Head> heads, boolean deleted, long version, long expiresAtMillis, int imageHash) {
        this(heads, deleted, version, expiresAtMillis, imageHash, false);
    }

    /** Returns the state of a row whose changes wait from now on. */
    static RowState stop(RowState row) {
        return row == null
                ? new RowState(List.of(), false, 0, 0, 0, true)
                : new RowState(row.heads, row.deleted, row.version, row.expiresAtMillis, row.imageHash, true);
    }

    /** Returns what is known of the row apart from a stop; {@code null} for nothing. */
    static RowState known(RowState row) {
        if (row == null || row.heads.isEmpty()) {
            return null;
        }
        return row.stopped
                ? new RowState(row.heads, row.deleted, row.version, row.expiresAtMillis, row.imageHash)
                : row;
    }

    Head standing() {
        return heads.get(0);
    }

    /** Returns the last word of a source, or {@code null} if it never wrote the row. */
    Head of(String source) {
        for (int i = 0; i < heads.size(); i++) {
            if (heads.get(i).source().equals(source)) {
                return heads.get(i);
            }
        }
        return null;
    }

    /** Returns the heads with that of one source replaced or added; the others keep their order. */
    List<Head> with(Head head) {
        var next = new ArrayList<Head>(heads.size() + 1);
        boolean placed = false;
        for (var one : heads) {
            boolean same = one.source().equals(head.source());
            next.add(same ? head : one);
            placed |= same;
        }
        if (!placed) {
            next.add(head);
        }
        return next;
    }

    /** Returns the heads with the one of a source moved to the front. */
    static List<Head> led(List<Head> heads, String source) {
        if (heads.get(0).source().equals(source)) {
            return List.copyOf(heads);
        }
        var next = new ArrayList<Head>(heads.size());
        for (var one : heads) {
            if (one.source().equals(source)) {
                next.add(0, one);
            } else {
                next.add(one);
            }
        }
        return List.copyOf(next);
    }
}
