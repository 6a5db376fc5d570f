package io.gravity.dispatch.clickhouse;

import io.gravity.dispatch.UnfitRule;
import io.gravity.dispatch.UnfitValueException;
import io.gravity.dispatch.schema.Placement;
import io.gravity.error.ErrorCode;
import io.gravity.event.ChangeEvent;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A table in ClickHouse as the rows of one schema see it: what it lacks, and how rows become an insert's body.
 */
final class TargetTable {
    static final String VERSION = "_version";
    static final String DELETED = "_deleted";

    /** What the server says of a table. {@code columns} are those that take values, with their types. */
    record Existing(String engine, String sortingKey, Map<String, String> columns) {
        Existing {
            columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        }

        /** Returns whether rows are told apart by the column. */
        boolean sorts(String column) {
            return List.of(sortingKey.replace("`", "").split(", ", -1)).contains(column);
        }
    }

    private final TableSchema schema;
    private final int[] indexes;
    private final ColumnMapping[] mappings;
    private final byte[] header;

    private TargetTable(Placement placement, ColumnMapping[] mappings) {
        this.schema = placement.schema();
        this.indexes = placement.indexes();
        this.mappings = mappings;
        var buffer = new RowBuffer(1024);
        var names = columnNames();
        buffer.writeVarInt(names.size());
        names.forEach(buffer::writeString);
        for (var mapping : mappings) {
            buffer.writeString(mapping.type());
        }
        buffer.writeString("UInt64");
        buffer.writeString("UInt8");
        this.header = buffer.toByteArray();
    }

    /**
     * Checks the table and returns how to write to it.
     *
     * @param placement where the row's columns go
     * @param differences receives what stands in the way, each with its remedy; if any, the result is {@code null}
     */
    static TargetTable matched(TableId table, Placement placement, Existing existing, List<String> differences) {
        var schema = placement.schema();
        checkEngine(table, schema, existing, differences);
        var mappings = new ColumnMapping[schema.columnCount()];
        for (int i = 0; i < mappings.length; i++) {
            var column = schema.column(i);
            var expected = ColumnMapping.typeOf(column);
            var alter = "ALTER TABLE " + quoted(table) + " %s COLUMN " + quoted(column.name()) + " " + expected;
            var actual = existing.columns().get(column.name());
            if (column.name().equals(VERSION) || column.name().equals(DELETED)) {
                differences.add("column " + column.name() + ": the name is taken by Gravity; rename it in the mapping");
            } else if (actual == null) {
                differences.add("column " + column.name() + ": missing; " + alter.formatted("ADD"));
            } else {
                mappings[i] = ColumnMapping.into(actual, column).orElse(null);
                if (mappings[i] == null) {
                    differences.add("column " + column.name() + ": found " + actual + ", expected " + expected + "; "
                            + alter.formatted("MODIFY"));
                }
            }
        }
        checkOwn(table, existing, VERSION, "UInt64", differences);
        checkOwn(table, existing, DELETED, "UInt8", differences);
        return differences.isEmpty() ? new TargetTable(placement, mappings) : null;
    }

    private static void checkOwn(TableId table, Existing existing, String name, String type, List<String> differences) {
        var actual = existing.columns().get(name);
        if (!type.equals(actual)) {
            differences.add("column " + name + ": " + (actual == null ? "missing" : "found " + actual) + ", expected "
                    + type + "; create " + quoted(table) + " anew as ReplacingMergeTree(" + VERSION + ", " + DELETED
                    + ")");
        }
    }

    /** Other engines that pass rows on (Distributed, Null, Buffer) are the user's choice. */
    private static void checkEngine(TableId table, TableSchema schema, Existing existing, List<String> differences) {
        if (!existing.engine().endsWith("MergeTree")) {
            return;
        }
        if (!existing.engine().contains("Replacing")) {
            differences.add("engine: found " + existing.engine() + ", expected ReplacingMergeTree(" + VERSION + ", "
                    + DELETED + "), or old rows stay; create " + quoted(table) + " anew");
        }
        var keys = IntStream.range(0, schema.keyColumnCount())
                .mapToObj(n -> schema.column(schema.keyColumn(n)).name())
                .collect(Collectors.toSet());
        var sorting = Set.of(existing.sortingKey().replace("`", "").split(", "));
        if (!existing.sortingKey().contains("(") && !keys.equals(new HashSet<>(sorting))) {
            differences.add("ORDER BY: found " + existing.sortingKey() + ", expected " + String.join(", ", keys)
                    + ", or changes of one row don't meet; create " + quoted(table) + " anew");
        }
    }

    /** Returns the insert's columns, in the order of the body. */
    List<String> columnNames() {
        var names = new ArrayList<String>(schema.columnCount() + 2);
        schema.columns().forEach(column -> names.add(column.name()));
        names.add(VERSION);
        names.add(DELETED);
        return names;
    }

    /** Starts a body for about so many rows. */
    RowBuffer body(int rows) {
        var body = new RowBuffer((int) Math.min(1L << 24, header.length + rows * 256L));
        for (byte b : header) {
            body.writeByte(b);
        }
        return body;
    }

    /**
     * Adds a row.
     *
     * @throws UnfitValueException naming the column whose value ClickHouse can't hold
     */
    void write(RowBuffer body, ChangeEvent event, UnfitRule unfit) {
        var row = event.image();
        for (int i = 0; i < mappings.length; i++) {
            int start = body.size();
            try {
                mappings[i].write(body, row.value(indexes[i]));
            } catch (IllegalArgumentException e) {
                body.cut(start);
                writeUnfit(body, event, i, unfit, e);
            } catch (ClassCastException e) {
                body.cut(start);
                refuseOrForget(body, event, i, e);
            }
        }
        body.writeLong(event.version());
        body.writeByte(event.isDelete() ? 1 : 0);
    }

    private void writeUnfit(
            RowBuffer body, ChangeEvent event, int column, UnfitRule unfit, IllegalArgumentException e) {
        var value = event.image().value(indexes[column]);
        if (value == null || event.isDelete() || schema.isKey(column)) {
            refuseOrForget(body, event, column, e);
            return;
        }
        try {
            var nearest = ColumnMapping.nearest(schema.column(column).type().kind(), value);
            mappings[column].write(body, unfit.instead(e, nearest, mappings[column].nullable()));
        } catch (IllegalArgumentException refused) {
            refuseOrForget(body, event, column, refused);
        }
    }

    private void refuseOrForget(RowBuffer body, ChangeEvent event, int column, RuntimeException e) {
        if (!event.isDelete() || schema.isKey(column)) {
            throw new UnfitValueException(
                    code(event.image().value(indexes[column]), e),
                    "column " + schema.column(column).name() + ": " + e.getMessage(),
                    e);
        }
        // The row can't be there, but the delete has to be: the old value does not matter.
        mappings[column].writeDefault(body);
    }

    private static ErrorCode code(Object value, RuntimeException error) {
        if (value == null) {
            return ErrorCode.VALUE_NULL;
        }
        return error instanceof ClassCastException ? ErrorCode.TARGET_REFUSED_ROW : ErrorCode.VALUE_OUT_OF_RANGE;
    }

    static String quoted(TableId table) {
        return quoted(table.database()) + "." + quoted(table.name());
    }

    static String quoted(String identifier) {
        return "`" + identifier.replace("\\", "\\\\").replace("`", "\\`") + "`";
    }

    /** Returns a string literal. */
    static String literal(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
