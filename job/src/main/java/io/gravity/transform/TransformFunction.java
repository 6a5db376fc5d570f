package io.gravity.transform;

import io.gravity.audit.DeadLetters;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Operation;
import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import io.gravity.extension.GuardedCalls;
import io.gravity.types.EventTypes;
import io.gravity.types.KeyGroupLocal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Transforms each change's row, then gives it its target table, what the mapping adds to its row, and the key that
 * follows. Stateless. A change whose row can't be transformed becomes a dead letter in a side output.
 */
public final class TransformFunction extends ProcessFunction<ChangeEvent, ChangeEvent> {
    /** Where dead letters go. */
    public static final OutputTag<ChangeEvent> LETTERS = new OutputTag<>("transform-letters", EventTypes.CHANGE);

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(TransformFunction.class);

    private final ArrayList<Transform> transforms;
    private final TableMapper mapper;
    private final DeadLetters letters;
    private final SingleTables alone;

    private transient GuardedCalls calls;
    private transient ChangeTransformer transformer;
    private transient Map<TableId, Counter> filtered;
    private transient Map<TableId, Counter> failed;

    /**
     * Creates the stage of one source.
     *
     * @param letters makes the dead letters; {@code null} if there is no place for them: the job fails at such a row then
     */
    public TransformFunction(List<Transform> transforms, TableMapper mapper, DeadLetters letters) {
        this(transforms, mapper, letters, TableId::equals);
    }

    /**
     * Creates the stage of one source.
     *
     * @param letters makes the dead letters; {@code null} if there is no place for them: the job fails at such a row then
     * @param alone tells of a table and its target table whether no other table of the source is written there
     */
    public TransformFunction(List<Transform> transforms, TableMapper mapper, DeadLetters letters, SingleTables alone) {
        this.alone = alone;
        this.transforms = new ArrayList<>(transforms);
        this.mapper = mapper;
        this.letters = letters;
    }

    @Override
    public void open(OpenContext context) {
        calls = new GuardedCalls();
        transformer = new ChangeTransformer(new RowPlanner(transforms, calls));
        filtered = new HashMap<>();
        failed = new HashMap<>();
    }

    @Override
    public void processElement(ChangeEvent event, Context context, Collector<ChangeEvent> out) {
        if (transforms.isEmpty()) {
            emit(mapper.mapped(event.table()).apply(event), out);
            return;
        }
        try {
            if (!transformer.apply(
                    event, change -> emit(mapper.mapped(change.table()).apply(change), out))) {
                counter(filtered, event.table(), "filteredChanges").inc();
            }
        } catch (RowFault e) {
            counter(failed, event.table(), "failedTransforms").inc();
            if (event.isMarker()) {
                // Its rows will say the same, one by one.
                return;
            }
            if (letters == null) {
                throw new GravityException(
                        ErrorCode.CONFIG_INVALID,
                        e.getMessage() + ". Correct the transform, name in its tables: only those it fits, or give"
                                + " the job a quarantine: for such rows",
                        e);
            }
            context.output(
                    LETTERS,
                    letters.of(
                            event,
                            ErrorCode.ROW_UNTRANSFORMABLE,
                            e.getMessage(),
                            context.timerService().currentProcessingTime()));
        }
    }

    /** What empties a table is for every subtask that has rows of it, and so for every group of keys. */
    private void emit(ChangeEvent event, Collector<ChangeEvent> out) {
        if (event.operation() != Operation.TRUNCATE) {
            out.collect(event);
        } else if (!alone.test(event.table(), event.target())) {
            LOG.warn(
                    "{} was emptied at {}, but nobody knows which rows of {} came from there, as other tables of that"
                            + " source may be merged into it: they stay. Delete them at the source row by row.",
                    event.table(),
                    event.source(),
                    event.target());
        } else {
            int groups = getRuntimeContext().getTaskInfo().getMaxNumberOfParallelSubtasks();
            for (int group = 0; group < groups; group++) {
                var id = KeyGroupLocal.id("truncate", event.target(), group, groups);
                out.collect(event.mappedTo(event.target(), RowKey.of(event.target(), id)));
            }
        }
    }

    @Override
    public void close() {
        if (calls != null) {
            calls.close();
        }
    }

    private Counter counter(Map<TableId, Counter> known, TableId table, String name) {
        var counter = known.get(table);
        if (counter == null) {
            counter = getRuntimeContext()
                    .getMetricGroup()
                    .addGroup("table", table.toString())
                    .counter(name);
            known.put(table, counter);
        }
        return counter;
    }
}
