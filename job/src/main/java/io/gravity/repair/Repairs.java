package io.gravity.repair;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Row;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.extension.Extensions;
import io.gravity.extension.GuardedCalls;
import io.gravity.quality.Checks;
import io.gravity.quality.ChecksConfig;
import io.gravity.quality.Issue;
import io.gravity.quality.Severity;
import io.gravity.repair.Mended.Fault;
import io.gravity.repair.Mended.Verdict;
import io.gravity.types.Attached;
import io.gravity.udf.FieldFunction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Judges rows, mends them, and judges them again. What it says of a change follows from the change and from what is
 * remembered of its row alone. One instance per task, which must be closed: users' rules may have a thread. Not
 * thread-safe.
 */
final class Repairs implements AutoCloseable {
    /** More schemas than this in one task is no case for a cache: begin again. */
    private static final int MAX_SCHEMAS = 10_000;

    private final RepairConfig config;
    private final boolean hasQuarantine;
    private final Consumer<String> warn;
    private final GuardedCalls calls = new GuardedCalls();
    private final Attached attached = new Attached();
    private final Checks checks;
    private final Duplicates duplicates;
    private final CustomRules custom;
    private final Map<TableId, IdentityHashMap<TableSchema, Mender>> menders = new HashMap<>();
    private final Map<String, FieldFunction> functions = new HashMap<>();

    /**
     * Creates the rules.
     *
     * @param priorities of the sources, for merge rules
     * @param hasQuarantine whether a row can be kept back
     * @param warn hears of rules that don't fit a table
     */
    Repairs(
            RepairConfig config,
            ChecksConfig rules,
            Map<String, Integer> priorities,
            boolean hasQuarantine,
            Consumer<String> warn) {
        this.config = config;
        this.hasQuarantine = hasQuarantine;
        this.warn = warn;
        this.checks = new Checks(rules, calls);
        this.duplicates = config.duplicates() == null ? null : new Duplicates(config.duplicates(), priorities);
        this.custom = new CustomRules(config.custom(), calls);
    }

    /** Returns the change without what earlier stages have attached to it. */
    ChangeEvent own(ChangeEvent event) {
        return attached.strip(event);
    }

    /** Returns whether duplicates of the table's rows are looked for. */
    boolean watches(TableId table) {
        return duplicates != null && RepairConfig.includes(config.duplicates().tables(), table);
    }

    /** Returns whether what was remembered of a change's row is asked for. */
    boolean remembers(ChangeEvent change) {
        return watches(change.target()) || menderOf(change).remembers();
    }

    /**
     * Judges and mends.
     *
     * @param event a change that is no delete, with what is attached to it
     * @param change the same without
     * @param past what is remembered of its row
     */
    Mended mend(ChangeEvent event, ChangeEvent change, RowPast past) {
        var repairs = new ArrayList<Repair>(2);
        var faults = new ArrayList<Fault>(0);
        var next = past;
        var standing = change;
        boolean isDuplicate = false;
        if (watches(change.target())) {
            Duplicates.check(config.duplicates(), change.target(), change.schema());
            var answer = settle(past, change, faults);
            next = past.withMembers(answer.members());
            standing = answer.passed();
            isDuplicate = answer.isDuplicate();
            note(answer, change, repairs);
        }
        if (standing == null) {
            return new Mended(Verdict.DUPLICATE, null, true, List.of(), List.of(), repairs, faults, next);
        }
        var found = checks.judge(event, change.schema(), standing.after());
        var mender = menderOf(change);
        var own = standing.after();
        int settled = repairs.size();
        Mender.Failed failed = (rule, reason) -> faults.add(new Fault(rule, reason));
        var row = mender.mend(event, own, past, repairs, failed);
        int filled = repairs.size();
        var left = filled == settled ? found : checks.judge(event, change.schema(), row);
        if (!left.isEmpty() && !custom.isEmpty()) {
            row = custom.mend(change, row, left, repairs, failed);
            left = repairs.size() == filled ? left : checks.judge(event, change.schema(), row);
        }
        var result = repairs.size() == settled ? standing : passed(standing, own, row);
        var verdict = verdict(left);
        var remembered = verdict == Verdict.PASS && (watches(change.target()) || mender.remembers())
                ? mender.remember(standing, own, next, repairs)
                : null;
        return new Mended(verdict, result, isDuplicate, found, left, repairs, faults, remembered);
    }

    private Duplicates.Answer settle(RowPast past, ChangeEvent change, List<Fault> faults) {
        try {
            return duplicates.judge(past.members(), change);
        } catch (RuntimeException e) {
            faults.add(new Fault(config.duplicates().rule(), e.toString()));
            return new Duplicates.Answer(past.members(), change, false);
        }
    }

    private void note(Duplicates.Answer answer, ChangeEvent change, List<Repair> repairs) {
        if (!answer.isDuplicate()) {
            return;
        }
        var rule = config.duplicates().rule();
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

    private Verdict verdict(List<Issue> left) {
        var worst = Issue.worst(left);
        if (worst == Severity.STOP_TABLE) {
            return Verdict.STOP_TABLE;
        }
        return hasQuarantine && worst != null && worst != Severity.WARN ? Verdict.QUARANTINE : Verdict.PASS;
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
                    warn);
            ofTable.put(change.schema(), known);
        }
        return known;
    }

    @Override
    public void close() {
        calls.close();
    }
}
