package io.gravity.dispatch.mysql;

import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * What of a batch has to be written: the last change of each row, by table and columns.
 *
 * <p>Groups stand in the order in which their first change arrived, so that a parent table written before its child
 * stays before it.
 */
final class BatchPlan {

    /**
     * The rows of one table that were read under the same columns.
     *
     * @param onlyAdds whether a row that is there already stays as it is
     */
    record Group(
            TableId table,
            TableSchema schema,
            boolean onlyAdds,
            List<ChangeEvent> deletes,
            List<ChangeEvent> upserts) {}

    private record GroupKey(TableId table, TableSchema schema, boolean onlyAdds) {}

    private BatchPlan() {}

    /**
     * Plans a batch.
     *
     * @param names of the tables at the target
     */
    static List<Group> of(List<ChangeEvent> batch, UnaryOperator<TableId> names) {
        return of(batch, names, change -> false);
    }

    /**
     * Plans a batch.
     *
     * @param names of the tables at the target
     * @param onlyAdds tells the changes that must not touch a row that is there already
     */
    static List<Group> of(List<ChangeEvent> batch, UnaryOperator<TableId> names, Predicate<ChangeEvent> onlyAdds) {
        var groups = new LinkedHashMap<GroupKey, Group>();
        Group group = null;
        TableId target = null;
        for (var event : lastOfEachRow(batch)) {
            boolean adds = onlyAdds.test(event);
            if (group == null
                    || adds != group.onlyAdds()
                    || !event.schema().equals(group.schema())
                    || !event.target().equals(target)) {
                target = event.target();
                var table = names.apply(target);
                group = groups.computeIfAbsent(
                        new GroupKey(table, event.schema(), adds),
                        key -> new Group(
                                key.table(), key.schema(), key.onlyAdds(), new ArrayList<>(), new ArrayList<>()));
            }
            (event.isDelete() ? group.deletes() : group.upserts()).add(event);
        }
        return List.copyOf(groups.values());
    }

    private static Collection<ChangeEvent> lastOfEachRow(List<ChangeEvent> batch) {
        if (batch.size() == 1) {
            return batch;
        }
        var last = new LinkedHashMap<RowKey, ChangeEvent>(batch.size() * 2);
        for (var event : batch) {
            last.put(event.key(), event);
        }
        return last.values();
    }
}
