package io.gravity.repair;

import static java.util.stream.Collectors.joining;

import io.gravity.audit.DeadLetters;
import io.gravity.config.Value;
import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import io.gravity.quality.ChecksConfig;
import io.gravity.quality.Issue;
import io.gravity.quality.ReportConfig;
import io.gravity.repair.Mended.Fault;
import io.gravity.types.Attached;
import io.gravity.types.EventTypes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple4;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.TimeDomain;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges each row, mends it, judges it again, and lets it pass or makes a dead letter of it, with all that is wrong. A
 * delete passes: it has nothing to mend.
 *
 * <p>State per row: {@code row-past}, only of tables with {@code derive-from-history} or {@code duplicate-handling}: the
 * last values of some fields, and rows that a duplicate may follow. Written when a change passes. A delete ends the wait
 * for duplicates, but not the history: a row inserted again may want it. Cleared by timers of event time when the
 * watermark is past the change and the window; for that a change counts as no earlier than the watermark, or it would be
 * forgotten at once, and as no later than the clock, or a wrong clock would keep it for ever. Timers are rounded up to
 * {@value #TIMER_GRAIN_MILLIS} ms to share them.
 *
 * <p>State per task: {@code quality-report}, what was counted in the periods of the report that are not over; cleared when
 * they are.
 */
public final class RepairFunction extends KeyedProcessFunction<RowKey, ChangeEvent, ChangeEvent>
        implements CheckpointedFunction {
    /** Dead letters. */
    public static final OutputTag<ChangeEvent> LETTERS = new OutputTag<>("letters", EventTypes.CHANGE);

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(RepairFunction.class);
    private static final long TIMER_GRAIN_MILLIS = 60_000;
    private static final int MAX_WARNINGS = 1_000;

    private final RepairConfig config;
    private final ChecksConfig rules;
    private final HashMap<String, Integer> priorities;
    private final DeadLetters letters;
    private final ReportConfig report;

    private transient long historyMillis;
    private transient long membersMillis;
    private transient Repairs repairs;
    private transient Attached attached;
    private transient Map<String, Long> warned;
    private transient RepairMetrics metrics;
    private transient RepairRecord records;
    private transient ValueState<RowPast> rowPast;
    private transient ListState<Tuple4<Long, Integer, String, Map<String, Long>>> kept;
    private transient Tally tally;
    private transient QualityRecord reports;
    private transient long timerAt;

    /**
     * Creates the stage.
     *
     * @param rules what rows are judged by
     * @param priorities of the sources, for merge rules
     * @param letters makes dead letters; {@code null} if nothing is ever quarantined
     * @param report the report of what was found and mended; {@code null} for none
     */
    public RepairFunction(
            RepairConfig config,
            ChecksConfig rules,
            Map<String, Integer> priorities,
            DeadLetters letters,
            ReportConfig report) {
        this.config = config;
        this.rules = rules;
        this.priorities = new HashMap<>(priorities);
        this.letters = letters;
        this.report = report;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        if (report == null) {
            return;
        }
        var task = getRuntimeContext().getTaskInfo();
        int keyGroups = task.getMaxNumberOfParallelSubtasks();
        var own = KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
                keyGroups, task.getNumberOfParallelSubtasks(), task.getIndexOfThisSubtask());
        reports = new QualityRecord(report, own.getStartKeyGroup(), keyGroups);
        tally = new Tally(report.period().toMillis(), task.getIndexOfThisSubtask());
        timerAt = Long.MIN_VALUE;
        kept = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>(
                        "quality-report",
                        Types.TUPLE(Types.LONG, Types.INT, Types.STRING, Types.MAP(Types.STRING, Types.LONG))));
        for (var part : kept.get()) {
            tally.restore(new Tally.Part(part.f0, part.f1, part.f2, part.f3));
        }
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        if (report == null) {
            return;
        }
        var parts = new ArrayList<Tuple4<Long, Integer, String, Map<String, Long>>>();
        for (var part : tally.parts()) {
            parts.add(Tuple4.of(part.startMillis(), part.subtask(), part.table(), part.counts()));
        }
        kept.update(parts);
    }

    @Override
    public void open(OpenContext context) {
        historyMillis =
                config.historyWindow() == null ? 0 : config.historyWindow().toMillis();
        membersMillis =
                config.duplicates() == null ? 0 : config.duplicates().window().toMillis();
        warned = new HashMap<>();
        repairs = new Repairs(config, rules, priorities, letters != null, text -> warn(text, text));
        attached = new Attached();
        metrics = new RepairMetrics(getRuntimeContext().getMetricGroup());
        records = config.audit() == null
                ? null
                : new RepairRecord(
                        config.audit(), getRuntimeContext().getTaskInfo().getMaxNumberOfParallelSubtasks());
        rowPast = getRuntimeContext().getState(new ValueStateDescriptor<>("row-past", new RowPastSerializer()));
    }

    @Override
    public void processElement(ChangeEvent event, Context context, Collector<ChangeEvent> out) throws Exception {
        if (event.version() != 0 || event.isMarker()) {
            // What an earlier stage has recorded about a row is nobody's to mend, nor is what has no row.
            out.collect(event);
            return;
        }
        var change = repairs.own(event);
        if (change.isDelete()) {
            var past = repairs.watches(change.target()) ? rowPast.value() : null;
            if (past != null && !past.members().isEmpty()) {
                rowPast.update(past.withMembers(List.of()));
            }
            out.collect(change);
            return;
        }
        var known = repairs.remembers(change) ? rowPast.value() : null;
        var past = known == null ? RowPast.NOTHING : known;
        var mended = repairs.mend(event, change, past);
        metrics.judged(change.target(), mended);
        count(change, mended, context, out);
        mended.faults().forEach(fault -> warn(change.target(), fault));
        switch (mended.verdict()) {
            case PASS, DUPLICATE -> pass(change, mended, past, context, out);
            case QUARANTINE -> quarantine(change, mended.left(), context);
            case STOP_TABLE -> {
                metrics.quarantined(change.target(), Value.nameOf(mended.verdict()));
                out.collect(attached.with(mended.result(), Attached.STOP, words(mended.left())));
            }
        }
    }

    /** A period ends with the first row behind it, or by a timer: one a period, of whichever row comes first. */
    private void count(ChangeEvent change, Mended mended, Context context, Collector<ChangeEvent> out) {
        if (report == null) {
            return;
        }
        var time = context.timerService();
        long now = time.currentProcessingTime();
        report(now, out);
        tally.add(change.target().toString(), mended, now);
        if (timerAt < tally.nextEnd()) {
            timerAt = tally.nextEnd();
            time.registerProcessingTimeTimer(timerAt);
        }
    }

    private void report(long nowMillis, Collector<ChangeEvent> out) {
        for (var part : tally.over(nowMillis)) {
            out.collect(reports.of(part, nowMillis));
        }
    }

    private void pass(ChangeEvent change, Mended mended, RowPast past, Context context, Collector<ChangeEvent> out)
            throws Exception {
        if (mended.past() != null) {
            save(past, mended.past(), change, context);
        }
        if (mended.result() != null) {
            out.collect(mended.result());
        }
        record(change, mended.repairs(), context, out);
    }

    /** The row as it came: half of a repair helps nobody who looks for the fault. */
    private void quarantine(ChangeEvent change, List<Issue> issues, Context context) {
        var heaviest = issues.get(0);
        for (var issue : issues) {
            heaviest = issue.severity().compareTo(heaviest.severity()) > 0 ? issue : heaviest;
        }
        var reason = heaviest.check().word();
        metrics.quarantined(change.target(), reason);
        context.output(
                LETTERS,
                letters.of(change, reason, words(issues), context.timerService().currentProcessingTime()));
    }

    private static String words(List<Issue> issues) {
        return issues.stream()
                .map(issue -> issue.check().word() + " " + issue.rule() + ": " + issue.message())
                .collect(joining("; "));
    }

    private void record(ChangeEvent change, List<Repair> done, Context context, Collector<ChangeEvent> out) {
        for (var repair : done) {
            metrics.mended(change.target(), repair);
            if (records != null) {
                out.collect(records.of(change, repair, context.timerService().currentProcessingTime()));
            }
        }
    }

    private void warn(TableId table, Fault fault) {
        warn(
                table + "/" + fault.rule(),
                table + ": " + fault.rule() + " could not be applied, and the field stays as it is: " + fault.reason()
                        + ". The next message about it comes with the next restart; the metric failedRepairs counts.");
    }

    /** A row's fault can come with every row, so each is told once. */
    private void warn(String about, String text) {
        if (warned.size() < MAX_WARNINGS && warned.merge(about, 1L, Long::sum) == 1) {
            LOG.warn("{}", text);
        }
    }

    private void save(RowPast past, RowPast next, ChangeEvent change, Context context) throws Exception {
        if (next.isEmpty()) {
            if (!past.isEmpty()) {
                rowPast.clear();
            }
            return;
        }
        var time = context.timerService();
        long from = Math.min(
                time.currentProcessingTime(),
                Math.max(time.currentWatermark(), Math.floorDiv(change.eventTimeMicros(), 1000L)));
        var kept = next.kept(from + historyMillis, from + membersMillis);
        rowPast.update(kept);
        if (past.isEmpty() || kept.nextExpiry() < past.nextExpiry()) {
            time.registerEventTimeTimer(grain(kept.nextExpiry()));
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<ChangeEvent> out) throws Exception {
        if (context.timeDomain() == TimeDomain.PROCESSING_TIME) {
            if (report != null) {
                report(timestamp, out);
            }
            return;
        }
        var past = rowPast.value();
        if (past == null) {
            return;
        }
        var left = past.at(timestamp - 1);
        if (left.isEmpty()) {
            rowPast.clear();
        } else {
            rowPast.update(left);
            context.timerService().registerEventTimeTimer(grain(left.nextExpiry()));
        }
    }

    @Override
    public void close() {
        if (repairs != null) {
            repairs.close();
        }
    }

    private static long grain(long millis) {
        return (millis / TIMER_GRAIN_MILLIS + 1) * TIMER_GRAIN_MILLIS;
    }
}
