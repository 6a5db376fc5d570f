package io.gravity.repair;

import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.event.TableSchema;
import io.gravity.repair.FillStrategy.Related;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Fields that are looked up in one table by one key. A row of that table is a parent; a row of another table that has the
 * key's columns and one of the fields is a child.
 *
 * @param tables tables of children; none for all
 * @param sourceTable the parents' table; without database it is in that of the child
 * @param keyFields the children's columns that hold a parent's primary key, in its order
 */
public record LookupGroup(
        List<TablePattern> tables, String sourceTable, List<String> keyFields, List<Related.Field> fields)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    public LookupGroup {
        tables = List.copyOf(tables);
        keyFields = List.copyOf(keyFields);
        fields = List.copyOf(fields);
    }

    /** Returns the groups of a configuration, in its order. */
    public static List<LookupGroup> of(RepairConfig config) {
        Map<List<String>, List<Related.Field>> groups = new LinkedHashMap<>();
        for (var field : config.lookups()) {
            var key = new ArrayList<>(field.keyFields());
            key.add(field.sourceTable());
            groups.computeIfAbsent(key, unknown -> new ArrayList<>()).add(field);
        }
        return groups.values().stream()
                .map(fields -> new LookupGroup(
                        config.missing().tables(),
                        fields.get(0).sourceTable(),
                        fields.get(0).keyFields(),
                        fields))
                .toList();
    }

    /** Returns what tells it from other groups, for people and uids. */
    public String name() {
        return sourceTable + "-by-" + String.join("-", keyFields);
    }

    boolean isParent(TableId table) {
        int dot = sourceTable.indexOf('.');
        return dot < 0 ? table.name().equals(sourceTable) : table.toString().equals(sourceTable);
    }

    /** Returns whether rows of a table that is no parent are children. */
    boolean isChild(TableId table, TableSchema schema) {
        return RepairConfig.includes(tables, table)
                && keyFields.stream().allMatch(field -> schema.indexOf(field) >= 0)
                && fields.stream().anyMatch(field -> schema.indexOf(field.field()) >= 0);
    }

    /** Returns the fields that are NULL in a child. */
    List<Related.Field> lackedBy(ChangeEvent child) {
        return fields.stream().filter(field -> lacks(child, field)).toList();
    }

    static boolean lacks(ChangeEvent child, Related.Field field) {
        int index = child.schema().indexOf(field.field());
        return index >= 0 && child.after().value(index) == null;
    }

    /**
     * Returns the key under which a parent and its children meet; {@code null} for a row that is neither, or a child
     * that names no parent.
     *
     * @throws GravityException with CONFIG_INVALID if the parents' primary key has another number of columns
     */
    RowKey keyOf(ChangeEvent event) {
        if (isParent(event.target())) {
            return parentKey(event);
        }
        if (!isChild(event.target(), event.schema())) {
            return null;
        }
        var values = new Object[keyFields.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = FieldValue.key(event.image().value(event.schema().indexOf(keyFields.get(i))));
            if (values[i] == null) {
                return null;
            }
        }
        return RowKey.of(parentOf(event.target()), values);
    }

    private RowKey parentKey(ChangeEvent event) {
        var schema = event.schema();
        if (schema.keyColumnCount() != keyFields.size()) {
            throw new GravityException(
                    ErrorCode.CONFIG_INVALID,
                    "lookup-from-related can't find rows of " + event.target() + ": its primary key has "
                            + schema.keyColumnCount() + " columns, and key-field names " + keyFields
                            + ". Name as many columns, in the order of that key.");
        }
        var values = schema.keyOf(event.image());
        for (int i = 0; i < values.length; i++) {
            values[i] = FieldValue.key(values[i]);
        }
        return RowKey.of(event.target(), values);
    }

    private TableId parentOf(TableId child) {
        return sourceTable.indexOf('.') < 0 ? new TableId(child.database(), sourceTable) : TableId.parse(sourceTable);
    }
}
