package io.gravity.repair;

import static java.util.stream.Collectors.joining;

import io.gravity.audit.DeadLetters;
import io.gravity.config.Value;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Row;
import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.extension.Extensions;
import io.gravity.extension.GuardedCalls;
import io.gravity.quality.Checks;
import io.gravity.quality.ChecksConfig;
import io.gravity.quality.Issue;
import io.gravity.quality.Severity;
import io.gravity.types.Attached;
import io.gravity.types.EventTypes;
import io.gravity.udf.FieldFunction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
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
 */
public final class RepairFunction extends KeyedProcessFunction<RowKey, ChangeEvent, ChangeEvent> {
    /** Dead letters. */
    public static final OutputTag<ChangeEvent> LETTERS = new OutputTag<>("letters", EventTypes.CHANGE);

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(RepairFunction.class);
    private static final long TIMER_GRAIN_MILLIS = 60_000;
    /** More schemas than this in one task is no case for a cache: begin again. */
    private static final int MAX_SCHEMAS = 10_000;

    private static final int MAX_WARNINGS = 1_000;

    private final RepairConfig config;
    private final ChecksConfig rules;
    private final HashMap<String, Integer> priorities;
    private final DeadLetters letters;

    private transient long historyMillis;
    private transient long membersMillis;
    private transient Checks checks;
    private transient Duplicates duplicates;
    private transient GuardedCalls calls;
    private transient CustomRules custom;
    private transient Attached attached;
    private transient Map<TableId, IdentityHashMap<TableSchema, Mender>> menders;
    private transient Map<String, FieldFunction> functions;
    private transient Map<String, Long> warned;
    private transient RepairMetrics metrics;
    private transient RepairRecord records;
    private transient ValueState<RowPast> rowPast;

    /**
     * Creates the stage.
     *
     * @param rules what rows are judged by
     * @param priorities of the sources, for merge rules
     * @param letters makes dead letters; {@code null} if nothing is ever quarantined
     */
    public RepairFunction(
            RepairConfig config, ChecksConfig rules, Map<String, Integer> priorities, DeadLetters letters) {
        this.config = config;
        this.rules = rules;
        this.priorities = new HashMap<>(priorities);
        this.letters = letters;
    }

    @Override
    public void open(OpenContext context) {
        historyMillis =
                config.historyWindow() == null ? 0 : config.historyWindow().toMillis();
        membersMillis =
                config.duplicates() == null ? 0 : config.duplicates().window().toMillis();
        checks = new Checks(rules);
        duplicates = config.duplicates() == null ? null : new Duplicates(config.duplicates(), priorities);
        calls = new GuardedCalls();
        custom = new CustomRules(config.custom(), calls);
        attached = new Attached();
        menders = new HashMap<>();
        functions = new HashMap<>();
        warned = new HashMap<>();
        metrics = new RepairMetrics(getRuntimeContext().getMetricGroup());
        records = config.audit() == null
                ? null
                : new RepairRecord(
                        config.audit(), getRuntimeContext().getTaskInfo().getMaxNumberOfParallelSubtasks());
        rowPast = getRuntimeContext().getState(new ValueStateDescriptor<>("row-past", new RowPastSerializer()));
    }

    @Override
    public void processElement(ChangeEvent event, Context context, Collector<ChangeEvent> out) throws Exception {
        if (event.version() != 0) {
            // What an earlier stage has recorded about a row is nobody's to mend.
            out.collect(event);
            return;
        }
        var change = attached.strip(event);
        boolean isWatched =
                duplicates != null && RepairConfig.includes(config.duplicates().tables(), change.target());
        if (change.isDelete()) {
            var past = isWatched ? rowPast.value() : null;
            if (past != null && !past.members().isEmpty()) {
                rowPast.update(past.withMembers(List.of()));
            }
            out.collect(change);
            return;
        }
        var mender = menderOf(change);
        var past = isWatched || mender.remembers() ? rowPast.value() : null;
        mend(event, change, mender, past == null ? RowPast.NOTHING : past, isWatched, context, out);
    }

    private void mend(
            ChangeEvent event,
            ChangeEvent change,
            Mender mender,
            RowPast past,
            boolean isWatched,
            Context context,
            Collector<ChangeEvent> out)
            throws Exception {
        var repairs = new ArrayList<Repair>(2);
        var next = past;
        var standing = change;
        if (isWatched) {
            Duplicates.check(config.duplicates(), change.target(), change.schema());
            var answer = settle(past, change);
            next = past.withMembers(answer.members());
            standing = answer.passed();
            note(answer, change, repairs);
        }
        if (standing == null) {
            save(past, next, change, context);
            record(change, repairs, context, out);
            return;
        }
        var issues = checks.judge(standing);
        metrics.judged(change.target(), issues);
        var own = standing.after();
        int settled = repairs.size();
        var row = mender.mend(event, own, past, repairs, (rule, reason) -> failed(change.target(), rule, reason));
        int filled = repairs.size();
        var left = filled == settled ? issues : checks.judge(change.target(), change.schema(), row);
        if (!left.isEmpty() && !custom.isEmpty()) {
            row = custom.mend(change, row, left, repairs, (rule, reason) -> failed(change.target(), rule, reason));
            left = repairs.size() == filled ? left : checks.judge(change.target(), change.schema(), row);
        }
        var mended = repairs.size() == settled ? standing : passed(standing, own, row);
        if (Issue.worst(left) == Severity.STOP_TABLE) {
            metrics.quarantined(change.target(), Value.nameOf(Severity.STOP_TABLE));
            out.collect(attached.with(mended, Attached.STOP, words(left)));
            return;
        }
        if (keepsBack(left)) {
            quarantine(change, left, context);
            return;
        }
        if (isWatched || mender.remembers()) {
            save(past, mender.remember(standing, own, next, repairs), change, context);
        }
        out.collect(mended);
        record(change, repairs, context, out);
    }

    private Duplicates.Answer settle(RowPast past, ChangeEvent change) {
        try {
            return duplicates.judge(past.members(), change);
        } catch (RuntimeException e) {
            failed(change.target(), ruleOfDuplicates(), e.toString());
            return new Duplicates.Answer(past.members(), change, false);
        }
    }

    private String ruleOfDuplicates() {
        return Value.nameOf(config.duplicates().strategy());
    }

    private void note(Duplicates.Answer answer, ChangeEvent change, List<Repair> repairs) {
        if (!answer.isDuplicate()) {
            return;
        }
        var rule = ruleOfDuplicates();
        if (answer.passed() == null) {
            repairs.add(new Repair(null, change.after(), null, rule));
            return;
        }
        for (int i = 0; i < change.schema().columnCount(); i++) {
            var before = change.after().value(i);
            var after = answer.passed().after().value(i);
            if (!Objects.deepEquals(before, after)) {
                repairs.add(new Repair(change.schema().column(i).name(), before, after, rule));
            }
        }
    }

    /** A field that the source left as it was is mended on both sides, or it would look as if it had changed. */
    private static ChangeEvent passed(ChangeEvent change, Row own, Row mended) {
        var before = change.before();
        for (int i = 0; before != null && i < mended.size(); i++) {
            if (!Objects.deepEquals(mended.value(i), own.value(i))
                    && Objects.deepEquals(before.value(i), own.value(i))) {
                before = before.with(i, mended.value(i));
            }
        }
        return change.standing(change.operation(), change.schema(), before, mended);
    }

    private boolean keepsBack(List<Issue> issues) {
        if (letters == null || issues.isEmpty()) {
            return false;
        }
        for (var issue : issues) {
            if (issue.severity() != Severity.WARN) {
                return true;
            }
        }
        return false;
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

    private void record(ChangeEvent change, List<Repair> repairs, Context context, Collector<ChangeEvent> out) {
        for (var repair : repairs) {
            metrics.mended(change.target(), repair);
            if (records != null) {
                out.collect(records.of(change, repair, context.timerService().currentProcessingTime()));
            }
        }
    }

    private void failed(TableId table, String rule, String reason) {
        metrics.failed(table, rule);
        warn(
                table + "/" + rule,
                table + ": " + rule + " could not be applied, and the field stays as it is: " + reason
                        + ". The next message about it comes with the next restart; the metric failedRepairs counts.");
    }

    /** A row's fault can come with every row, so each is told once. */
    private void warn(String about, String text) {
        if (warned.size() < MAX_WARNINGS && warned.merge(about, 1L, Long::sum) == 1) {
            LOG.warn("{}", text);
        }
    }

    private Mender menderOf(ChangeEvent change) {
        var ofTable = menders.computeIfAbsent(change.target(), unknown -> new IdentityHashMap<>());
        var known = ofTable.get(change.schema());
        if (known == null) {
            if (ofTable.size() >= MAX_SCHEMAS) {
                ofTable.clear();
            }
            known = new Mender(
                    config,
                    change.target(),
                    change.schema(),
                    name -> functions.computeIfAbsent(
                            name, unknown -> Extensions.of(FieldFunction.class).named(unknown)),
                    calls,
                    text -> warn(text, text));
            ofTable.put(change.schema(), known);
        }
        return known;
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
        if (calls != null) {
            calls.close();
        }
        if (checks != null) {
            checks.close();
        }
    }

    private static long grain(long millis) {
        return (millis / TIMER_GRAIN_MILLIS + 1) * TIMER_GRAIN_MILLIS;
    }
}
