package io.gravity.resolve;

import io.gravity.event.ChangeEvent;
import io.gravity.resolve.RowVersion.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The decision of this stage, pure: a row's state and a change give a verdict and the next state.
 *
 * <p>Changes of one row form a total order: by (effective time, priority, position) or, for source-priority, by
 * (priority, effective time, position), where the effective time is the latest event time its source has shown for the
 * row so far, so that position and time never disagree within a source. The greatest change wins. Assumption: the changes
 * of one source reach this stage in the order of their positions, or again.
 *
 * <p>Snapshot rows may come at any moment, beside the changes of their source. They tell what was there, not since when,
 * so they are earlier than every change, and between themselves the priority decides: were they given the snapshot's
 * time, a change stamped before it would count as later or not depending on which of the two came first.
 */
final class VersionRule {
    private static final int LOWEST = Integer.MAX_VALUE;

    private final ResolveConfig config;
    private final Map<String, Integer> priorities;

    VersionRule(ResolveConfig config, Map<String, Integer> priorities) {
        this.config = config;
        this.priorities = priorities;
    }

    /** What becomes of a change. */
    enum Outcome {
        WINS,
        /** A newer change of another source stands. */
        LOSES,
        /** Its source sent it, or a later one, before. */
        REPLAY
    }

    /** A verdict; {@code next} is what the state becomes. */
    record Verdict(Outcome outcome, RowVersion next) {}

    /**
     * Judges one change.
     *
     * @param row what is known of the row; {@code null} for nothing
     */
    Verdict judge(RowVersion row, ChangeEvent event, long nowMillis) {
        var before = row == null ? null : row.of(event.source());
        if (before != null && event.position().compareTo(before.position()) <= 0) {
            return new Verdict(Outcome.REPLAY, row);
        }
        long own = event.isSnapshot() ? Long.MIN_VALUE : event.eventTimeMicros();
        long effective = before == null ? own : Math.max(own, before.effectiveMicros());
        var now = new Seen(event.source(), event.position(), effective);
        if (row != null && !beats(now, row.winner())) {
            return new Verdict(
                    Outcome.LOSES,
                    new RowVersion(
                            replace(row.seen(), now, false), row.deleted(), row.version(), row.expiresAtMillis()));
        }
        long time = Math.max(effective, event.eventTimeMicros());
        long version = Math.max(time, row == null ? 0 : row.version() + 1);
        long expires = event.isDelete() ? nowMillis + config.tombstoneTtl().toMillis() : 0;
        var seen = row == null ? List.of(now) : replace(row.seen(), now, true);
        return new Verdict(Outcome.WINS, new RowVersion(seen, event.isDelete(), version, expires));
    }

    private boolean beats(Seen challenger, Seen winner) {
        if (challenger.source().equals(winner.source())) {
            return true;
        }
        int byTime = Long.compare(challenger.effectiveMicros(), winner.effectiveMicros());
        int byPriority = Integer.compare(priority(winner), priority(challenger));
        int decision =
                switch (config.strategy()) {
                    case TIMESTAMP_LATEST -> byTime != 0 ? byTime : byPriority;
                    case SOURCE_PRIORITY -> byPriority != 0 ? byPriority : byTime;
                };
        // Two sources of one priority at one time: the name decides, so that every order of arrival ends alike.
        return decision != 0 ? decision > 0 : challenger.source().compareTo(winner.source()) < 0;
    }

    private int priority(Seen seen) {
        return priorities.getOrDefault(seen.source(), LOWEST);
    }

    private static List<Seen> replace(List<Seen> all, Seen now, boolean first) {
        if (all.size() == 1 && all.get(0).source().equals(now.source())) {
            return List.of(now);
        }
        var next = new ArrayList<Seen>(all.size() + 1);
        if (first) {
            next.add(now);
        }
        boolean placed = first;
        for (var one : all) {
            if (!one.source().equals(now.source())) {
                next.add(one);
            } else if (!first) {
                next.add(now);
                placed = true;
            }
        }
        if (!placed) {
            next.add(now);
        }
        return List.copyOf(next);
    }
}
