package io.gravity.local.converge;

import io.gravity.local.converge.BinlogHistory.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Says what the targets must hold, from the binlogs alone and by the documented rules, written down once more as plain
 * loops. Sources are given by priority; their names sort the same way, so nothing else can break a tie.
 */
final class Oracle {
    /** A row that was there before all that is watched. */
    private static final long BEFORE_ALL = Long.MIN_VALUE;

    private final List<Map<String, Said>> sources = new ArrayList<>();

    /** What one source says of one row in the end. */
    private static final class Said {
        private final int rank;
        private boolean live;
        private String[] row;
        /** The counter before the source's first change of the row; 0 where it made the row itself. */
        private long base;
        /** Since when it has the row. */
        private long since;
        /** When it last changed each column. */
        private final long[] changed = new long[HotTables.COLUMNS.size()];
        /** The latest second of all its changes. */
        private long time = BEFORE_ALL;

        Said(int rank) {
            this.rank = rank;
        }

        void was(String[] after) {
            live = after != null;
            row = after;
            base = live ? Long.parseLong(after[HotTables.COUNTER]) : 0;
            since = BEFORE_ALL;
            Arrays.fill(changed, BEFORE_ALL);
        }

        void says(Step step) {
            time = Math.max(time, step.second());
            if (step.after() == null) {
                live = false;
            } else if (step.before() == null) {
                live = true;
                base = 0;
                since = time;
                Arrays.fill(changed, time);
            } else {
                for (int i = 0; i < changed.length; i++) {
                    if (!Objects.equals(step.before()[i], step.after()[i])) {
                        changed[i] = time;
                    }
                }
            }
            row = step.after();
        }
    }

    /**
     * Takes in one source's history.
     *
     * @param history begins with the rows that were there before, up to that of the gate
     */
    void add(List<Step> history) {
        var rows = new HashMap<String, Said>();
        boolean watched = false;
        for (var step : history) {
            if (step.table().equals(HotTables.GATE)) {
                watched = true;
                continue;
            }
            var said = rows.computeIfAbsent(step.table() + "/" + step.id(), any -> new Said(sources.size()));
            if (watched) {
                said.says(step);
            } else {
                said.was(step.after());
            }
        }
        sources.add(rows);
    }

    /** Returns the rows that one source holds in the end, by id. */
    Map<String, String> rowsOf(int source, String table) {
        var rows = new TreeMap<String, String>();
        for (int id = 1; id <= HotTables.KEYS_EACH; id++) {
            var said = sources.get(source).get(table + "/" + id);
            if (said != null && said.live) {
                rows.put(Integer.toString(id), String.join("|", text(said.row)));
            }
        }
        return rows;
    }

    /** Returns the rows that a target must hold, by id. */
    Map<String, String> rows(String table) {
        var rows = new TreeMap<String, String>();
        for (int id = 1; id <= HotTables.KEYS_EACH; id++) {
            var all = new ArrayList<Said>();
            for (var source : sources) {
                var said = source.get(table + "/" + id);
                if (said != null) {
                    all.add(said);
                }
            }
            var row = all.isEmpty() ? null : row(table, all);
            if (row != null) {
                rows.put(Integer.toString(id), String.join("|", text(row)));
            }
        }
        return rows;
    }

    static String[] text(String[] row) {
        var text = row.clone();
        for (int i = 0; i < text.length; i++) {
            text[i] = text[i] == null ? "NULL" : text[i];
        }
        return text;
    }

    private static String[] row(String table, List<Said> all) {
        return switch (table) {
            case HotTables.LATEST -> last(all).row;
            case HotTables.PRIORITY -> all.get(0).row;
            case HotTables.EARLIEST -> earliest(all);
            case HotTables.MERGE -> merged(all);
            case HotTables.CUSTOM -> greatestCounter(all);
            default -> throw new IllegalArgumentException(table);
        };
    }

    /** The latest change; at one second that of the better source. A removed row has none. */
    private static Said last(List<Said> all) {
        var last = all.get(0);
        for (var said : all) {
            if (said.time > last.time) {
                last = said;
            }
        }
        return last;
    }

    private static String[] earliest(List<Said> all) {
        Said first = null;
        for (var said : all) {
            if (said.live && (first == null || said.since < first.since)) {
                first = said;
            }
        }
        return first == null ? null : first.row;
    }

    private static String[] merged(List<Said> all) {
        if (!last(all).live) {
            return null;
        }
        var live = all.stream().filter(said -> said.live).toList();
        var row = live.get(0).row.clone();
        long sum = live.get(0).base;
        Integer peak = null;
        for (var said : live) {
            sum += Long.parseLong(said.row[HotTables.COUNTER]) - said.base;
            var own = said.row[HotTables.PEAK];
            if (own != null && (peak == null || Integer.parseInt(own) > peak)) {
                peak = Integer.valueOf(own);
            }
        }
        row[HotTables.COUNTER] = Long.toString(sum);
        row[HotTables.PEAK] = peak == null ? null : peak.toString();
        var best = live.get(0);
        var latest = live.get(0);
        for (var said : live) {
            if (HotTables.STATUSES.indexOf(said.row[HotTables.STATUS])
                    < HotTables.STATUSES.indexOf(best.row[HotTables.STATUS])) {
                best = said;
            }
            if (said.changed[HotTables.NOTE] > latest.changed[HotTables.NOTE]) {
                latest = said;
            }
        }
        row[HotTables.STATUS] = best.row[HotTables.STATUS];
        row[HotTables.NOTE] = latest.row[HotTables.NOTE];
        return row;
    }

    /** What {@link GreatestCounter} promises: the live row with the greatest counter, with the ranks of all that live. */
    private static String[] greatestCounter(List<Said> all) {
        Said best = null;
        var ranks = new StringBuilder();
        for (var said : all) {
            if (said.live) {
                ranks.append(said.rank + 1);
                if (best == null
                        || Long.parseLong(said.row[HotTables.COUNTER]) > Long.parseLong(best.row[HotTables.COUNTER])) {
                    best = said;
                }
            }
        }
        if (best == null) {
            return null;
        }
        var row = best.row.clone();
        row[HotTables.STATUS] = ranks.toString();
        return row;
    }
}
