package io.gravity.repair;

import io.gravity.event.TableId;
import io.gravity.quality.Check;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** Counts rows, what was wrong with them and what was mended, by table and rule. */
final class RepairMetrics {
    private static final String NO_FIELD = "-";

    private final MetricGroup group;
    private final Map<TableId, Table> tables = new HashMap<>();
    private final Map<Object, Counter> counters = new HashMap<>();

    private record Found(TableId table, Check check, String rule) {}

    private record Done(TableId table, String field, String rule) {}

    private record Failed(TableId table, String rule) {}

    private record Quarantined(TableId table, String reason) {}

    private record Table(
            Counter judged,
            Counter complete,
            Counter accurate,
            Counter consistent,
            Counter clean,
            Counter faulty,
            Counter repaired) {}

    RepairMetrics(MetricGroup group) {
        this.group = group;
    }

    /** Counts a row as it came, and what could not be applied to it. */
    void judged(TableId table, Mended mended) {
        mended.faults().forEach(fault -> count(new Failed(table, fault.rule())));
        mended.found().forEach(issue -> count(new Found(table, issue.check(), issue.rule())));
        var counts = tables.computeIfAbsent(table, this::register);
        counts.judged().inc();
        count(counts.complete(), mended.isComplete());
        count(counts.accurate(), mended.isAccurate());
        count(counts.consistent(), mended.isConsistent());
        count(counts.clean(), mended.found().isEmpty());
        count(counts.faulty(), mended.isFaulty());
        count(counts.repaired(), mended.isRepaired());
    }

    private static void count(Counter counter, boolean isSo) {
        if (isSo) {
            counter.inc();
        }
    }

    void mended(TableId table, Repair repair) {
        count(new Done(table, repair.field() == null ? NO_FIELD : repair.field(), repair.rule()));
    }

    void quarantined(TableId table, String reason) {
        count(new Quarantined(table, reason));
    }

    private Table register(TableId table) {
        var own = group.addGroup("table", table.toString());
        return new Table(
                own.counter("judgedRows"),
                own.counter("completeRows"),
                own.counter("accurateRows"),
                own.counter("consistentRows"),
                own.counter("cleanRows"),
                own.counter("faultyRows"),
                own.counter("repairedRows"));
    }

    private void count(Object kind) {
        counters.computeIfAbsent(kind, this::register).inc();
    }

    private Counter register(Object kind) {
        if (kind instanceof Found found) {
            return group.addGroup("table", found.table().toString())
                    .addGroup("check", found.check().word())
                    .addGroup("rule", found.rule())
                    .counter("issues");
        }
        if (kind instanceof Done mended) {
            return group.addGroup("table", mended.table().toString())
                    .addGroup("field", mended.field())
                    .addGroup("rule", mended.rule())
                    .counter("repairs");
        }
        if (kind instanceof Failed failed) {
            return group.addGroup("table", failed.table().toString())
                    .addGroup("rule", failed.rule())
                    .counter("failedRepairs");
        }
        var letters = (Quarantined) kind;
        return group.addGroup("table", letters.table().toString())
                .addGroup("reason", letters.reason())
                .counter("quarantinedRows");
    }
}
