package io.gravity.repair;

import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.event.TableSchema;
import io.gravity.quality.ChecksConfig;
import io.gravity.quality.ReferenceCheck;
import io.gravity.repair.FillStrategy.Related;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * What is asked of the rows of one table by one key: values of theirs, or only whether they are there. A row of that
 * table is a parent; a row of another table that has the key's columns and asks is a child.
 *
 * @param sourceTable the parents' table; without database it is in that of the child
 * @param keyFields the children's columns that hold a parent's primary key, in its order
 * @param tables tables of children that ask for values; none for all
 * @param fields the values
 * @param references tables of children whose parent must be there
 */
public record LookupGroup(
        String sourceTable,
        List<String> keyFields,
        List<TablePattern> tables,
        List<Related.Field> fields,
        List<Referring> references)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    /**
     * Tables of children whose parent must be there.
     *
     * @param tables none for all
     * @param maxWait for how long they wait for it
     */
    public record Referring(List<TablePattern> tables, Duration maxWait) implements Serializable {
        private static final long serialVersionUID = 1L;

        public Referring {
            tables = List.copyOf(tables);
        }
    }

    public LookupGroup {
        keyFields = List.copyOf(keyFields);
        tables = List.copyOf(tables);
        fields = List.copyOf(fields);
        references = List.copyOf(references);
    }

    /** Returns the groups of a configuration, in its order; first those that ask for values. */
    public static List<LookupGroup> of(RepairConfig config, ChecksConfig checks) {
        var groups = new LinkedHashMap<List<String>, LookupGroup>();
        for (var field : config.lookups()) {
            var asked = new LookupGroup(
                    field.sourceTable(), field.keyFields(), config.missing().tables(), List.of(field), List.of());
            groups.merge(asked.parentKey(), asked, LookupGroup::and);
        }
        for (var check : checks.of(ReferenceCheck.class)) {
            for (var reference : check.references()) {
                var referring = new Referring(check.tables(), reference.maxWait());
                var asked = new LookupGroup(
                        reference.table(), reference.fields(), List.of(), List.of(), List.of(referring));
                groups.merge(asked.parentKey(), asked, LookupGroup::and);
            }
        }
        return List.copyOf(groups.values());
    }

    private List<String> parentKey() {
        var key = new ArrayList<>(keyFields);
        key.add(sourceTable);
        return key;
    }

    private LookupGroup and(LookupGroup other) {
        var allFields = new ArrayList<>(fields);
        allFields.addAll(other.fields);
        var allReferences = new ArrayList<>(references);
        allReferences.addAll(other.references);
        return new LookupGroup(
                sourceTable, keyFields, fields.isEmpty() ? other.tables : tables, allFields, allReferences);
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
        return keyFields.stream().allMatch(field -> schema.indexOf(field) >= 0)
                && (maxWait(table) != null
                        || (asksForValues(table)
                                && fields.stream().anyMatch(field -> schema.indexOf(field.field()) >= 0)));
    }

    private boolean asksForValues(TableId table) {
        return !fields.isEmpty() && RepairConfig.includes(tables, table);
    }

    /** Returns for how long a child of a table whose parent must be there waits for it; {@code null} for others. */
    Duration maxWait(TableId child) {
        Duration longest = null;
        for (var reference : references) {
            if ((longest == null || reference.maxWait().compareTo(longest) > 0)
                    && RepairConfig.includes(reference.tables(), child)) {
                longest = reference.maxWait();
            }
        }
        return longest;
    }

    /** Returns the fields that a child asks for, as it has NULL there. */
    List<Related.Field> askedBy(ChangeEvent child) {
        if (!asksForValues(child.target())) {
            return List.of();
        }
        return fields.stream().filter(field -> lacks(child, field)).toList();
    }

    private static boolean lacks(ChangeEvent child, Related.Field field) {
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
            return keyOfParent(event);
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

    private RowKey keyOfParent(ChangeEvent event) {
        var schema = event.schema();
        if (schema.keyColumnCount() != keyFields.size()) {
            throw new GravityException(
                    ErrorCode.CONFIG_INVALID,
                    (fields.isEmpty() ? "foreign-keys" : "lookup-from-related") + " can't find rows of "
                            + event.target() + ": its primary key has "
                            + schema.keyColumnCount() + " columns, and " + (fields.isEmpty() ? "field" : "key-field")
                            + " names " + keyFields + ". Name as many columns, in the order of that key.");
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
