package io.gravity.repair;

import io.gravity.quality.Issue;
import io.gravity.repair.Mended.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Counts what becomes of rows, by table and period of the clock, until a period is over. What one task counts is a part:
 * the parts of a period add up.
 */
final class Tally {
    static final String JUDGED = "judged";
    static final String COMPLETE = "complete";
    static final String ACCURATE = "accurate";
    static final String CONSISTENT = "consistent";
    static final String FAULTY = "faulty";
    static final String REPAIRED = "repaired";
    static final String QUARANTINED = "quarantined";
    /** Stands in front of a check and its rule. */
    static final String ISSUE = "issue ";
    /** Stands in front of a repair's rule. */
    static final String REPAIR = "repair ";

    private static final long NOTHING = Long.MAX_VALUE;

    private final long periodMillis;
    private final int subtask;
    private final Map<Id, Map<String, Long>> parts = new HashMap<>();

    private long firstStart = NOTHING;

    private record Id(long startMillis, int subtask, String table) {}

    /**
     * What was counted of one table in one period by one task.
     *
     * @param counts by figure
     */
    record Part(long startMillis, int subtask, String table, Map<String, Long> counts) {
        long count(String figure) {
            return counts.getOrDefault(figure, 0L);
        }

        /** Returns the counts of figures that begin so, by what follows. */
        Map<String, Long> countsOf(String prefix) {
            var found = new TreeMap<String, Long>();
            counts.forEach((figure, count) -> {
                if (figure.startsWith(prefix)) {
                    found.put(figure.substring(prefix.length()), count);
                }
            });
            return found;
        }
    }

    Tally(long periodMillis, int subtask) {
        this.periodMillis = periodMillis;
        this.subtask = subtask;
    }

    /** Counts a row. */
    void add(String table, Mended mended, long nowMillis) {
        var counts = countsOf(new Id(startOf(nowMillis), subtask, table));
        add(counts, JUDGED, true);
        add(counts, COMPLETE, mended.isComplete());
        add(counts, ACCURATE, mended.isAccurate());
        add(counts, CONSISTENT, mended.isConsistent());
        add(counts, FAULTY, mended.isFaulty());
        add(counts, REPAIRED, mended.isRepaired());
        add(counts, QUARANTINED, mended.verdict() == Verdict.QUARANTINE || mended.verdict() == Verdict.STOP_TABLE);
        rules(mended.found()).forEach(rule -> add(counts, ISSUE + rule, true));
        if (mended.verdict() == Verdict.PASS || mended.verdict() == Verdict.DUPLICATE) {
            mended.repairs().forEach(repair -> add(counts, REPAIR + repair.rule(), true));
        }
    }

    private static Set<String> rules(List<Issue> issues) {
        if (issues.isEmpty()) {
            return Set.of();
        }
        var rules = new HashSet<String>();
        issues.forEach(issue -> rules.add(
                issue.check().word() + " " + issue.rule() + (issue.field() == null ? "" : " " + issue.field())));
        return rules;
    }

    private static void add(Map<String, Long> counts, String figure, boolean isSo) {
        if (isSo) {
            counts.merge(figure, 1L, Long::sum);
        }
    }

    /** Returns when the first period that something was counted in is over; the largest value if there is none. */
    long nextEnd() {
        return firstStart == NOTHING ? NOTHING : firstStart + periodMillis;
    }

    /** Returns the parts of all periods that are over, and forgets them. */
    List<Part> over(long nowMillis) {
        if (nowMillis < nextEnd()) {
            return List.of();
        }
        var over = parts().stream()
                .filter(part -> part.startMillis() + periodMillis <= nowMillis)
                .toList();
        over.forEach(part -> parts.remove(new Id(part.startMillis(), part.subtask(), part.table())));
        firstStart = parts.keySet().stream().mapToLong(Id::startMillis).min().orElse(NOTHING);
        return over;
    }

    /** Returns all that is counted, to be kept. */
    List<Part> parts() {
        var all = new ArrayList<Part>();
        parts.forEach(
                (id, counts) -> all.add(new Part(id.startMillis(), id.subtask(), id.table(), Map.copyOf(counts))));
        return all;
    }

    /** Takes back what was kept. */
    void restore(Part part) {
        var counts = countsOf(new Id(part.startMillis(), part.subtask(), part.table()));
        part.counts().forEach((figure, count) -> counts.merge(figure, count, Long::sum));
    }

    private Map<String, Long> countsOf(Id id) {
        firstStart = Math.min(firstStart, id.startMillis());
        return parts.computeIfAbsent(id, unknown -> new HashMap<>());
    }

    private long startOf(long millis) {
        return Math.floorDiv(millis, periodMillis) * periodMillis;
    }
}
