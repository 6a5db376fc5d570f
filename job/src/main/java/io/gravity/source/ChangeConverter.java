package io.gravity.source;

import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.source.SourceConfig.Timing;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Field;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Schema;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Struct;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;

/**
 * Turns the connector's records into changes, with nothing in between. What depends on the table's schema is worked out
 * once per schema object, of which the connector keeps one per table and version.
 */
final class ChangeConverter {
    private static final long MICROS_PER_MILLI = 1000;
    private static final int MAX_SHAPES = 10_000;

    private final String source;
    private final Timing timing;
    private final ZoneId zone;
    private final Declarations declarations;
    private final IdentityHashMap<Schema, Shape> shapes = new IdentityHashMap<>();
    private String lastFile;
    private long lastFileNumber;
    private long committedMillis;
    private ChangeSplitState state;

    /** Creates a converter that knows of columns what the connector tells. */
    ChangeConverter(String source, Timing timing, ZoneId zone) {
        this(source, timing, zone, new Declarations());
    }

    /**
     * Creates a converter.
     *
     * @param zone in which the wall clock of a DATETIME is read, where one says when a change was made
     */
    ChangeConverter(String source, Timing timing, ZoneId zone, Declarations declarations) {
        this.source = source;
        this.timing = timing;
        this.zone = zone;
        this.declarations = declarations;
    }

    /** Says what split the next records are of. */
    void readUnder(ChangeSplitState newState) {
        state = newState;
    }

    /**
     * Returns when the change converted last was committed, by its binlog and the true clock: the order of the binlog
     * follows this time, whatever says when its changes were made.
     */
    long committedMillis() {
        return committedMillis;
    }

    private record Shape(
            TableId table,
            TableSchema schema,
            Field[] fields,
            ColumnConverter[] converters,
            Field operation,
            Field before,
            Field after,
            Field origin,
            Field originMillis,
            EventTime time) {}

    /**
     * Converts one data record.
     *
     * @param split tells the version and time of a snapshot row
     */
    ChangeEvent convert(SourceRecord record, ChangeSplit split, long captureTimeMicros) {
        var value = (Struct) record.value();
        var shape = shapes.get(value.schema());
        if (shape == null) {
            shape = shape(record, value);
            if (shapes.size() > MAX_SHAPES) {
                shapes.clear();
            }
            shapes.put(value.schema(), shape);
        }
        var before = row(shape, (Struct) value.getWithoutDefault(shape.before().name()));
        var after = row(shape, (Struct) value.getWithoutDefault(shape.after().name()));
        var operation =
                switch (((String) value.get(shape.operation())).charAt(0)) {
                    case 'r' -> Operation.READ;
                    case 'c' -> Operation.INSERT;
                    case 'u' -> Operation.UPDATE;
                    case 'd' -> Operation.DELETE;
                    default ->
                        throw new GravityException(
                                ErrorCode.SOURCE_UNREADABLE,
                                "source " + source + ", table " + shape.table() + ": unknown operation "
                                        + value.get(shape.operation()));
                };
        boolean snapshot = operation == Operation.READ;
        var origin = (Struct) value.get(shape.origin());
        long binlogMillis = (Long) origin.get(shape.originMillis());
        committedMillis = binlogMillis - timing.clockOffset().toMillis();
        return ChangeEvent.captured(
                source,
                shape.table(),
                shape.table(),
                operation,
                shape.schema(),
                before,
                after,
                snapshot
                        ? split.startTimeMicros()
                        : shape.time().micros(binlogMillis * MICROS_PER_MILLI, before, after),
                snapshot ? split.start() : position(record.sourceOffset()),
                captureTimeMicros);
    }

    /** Notes when a data record was committed that is of no further interest. */
    void pass(SourceRecord record) {
        var origin = ((Struct) record.value()).getStruct("source");
        committedMillis = origin.getInt64("ts_ms") - timing.clockOffset().toMillis();
    }

    private static Row row(Shape shape, Struct struct) {
        if (struct == null) {
            return null;
        }
        var values = new Object[shape.fields().length];
        for (int i = 0; i < values.length; i++) {
            // Not get(): it answers NULL with the column's default.
            var value = struct.getWithoutDefault(shape.fields()[i].name());
            values[i] = value == null ? null : shape.converters()[i].convert().apply(value);
        }
        return Row.of(values);
    }

    private Shape shape(SourceRecord record, Struct value) {
        var envelope = value.schema();
        var originField = envelope.field("source");
        var origin = (Struct) value.get(originField);
        var table = new TableId(origin.getString("db"), origin.getString("table"));
        if (record.keySchema() == null) {
            throw new GravityException(
                    ErrorCode.TABLE_WITHOUT_KEY,
                    "source " + source + ", table " + table + " has no primary key, so its rows can't be told apart."
                            + " Add one, or exclude the table.");
        }
        var rowSchema = envelope.field("after").schema();
        var fields = rowSchema.fields().toArray(new Field[0]);
        var converters = Arrays.stream(fields).map(ColumnConverter::of).toArray(ColumnConverter[]::new);
        var schema = schema(table, rowSchema, record.keySchema());
        return new Shape(
                table,
                schema,
                fields,
                converters,
                envelope.field("op"),
                envelope.field("before"),
                envelope.field("after"),
                originField,
                originField.schema().field("ts_ms"),
                EventTime.of(timing, zone, source, table, schema));
    }

    /** Returns the columns of a table by the connector's description of its rows and of their key. */
    TableSchema schema(TableId table, Schema rowSchema, Schema keySchema) {
        var known = state == null
                ? null
                : state.table(new io.debezium.relational.TableId(table.database(), null, table.name()));
        var columns = new ArrayList<Column>();
        for (var field : rowSchema.fields()) {
            var then = known == null ? null : known.columnWithName(field.name());
            var name = Names.ofConnector(field.name());
            columns.add(new Column(
                    name,
                    ColumnConverter.of(field).type(),
                    field.schema().isOptional() && keySchema.field(field.name()) == null,
                    declarations.of(table, name, then).withFormerNames(FormerNames.of(then))));
        }
        int[] keys = keySchema.fields().stream()
                .mapToInt(field -> rowSchema.field(field.name()).index())
                .toArray();
        return new TableSchema(columns, keys);
    }

    /** Returns where a record stands, from its restart offset. */
    SourcePosition position(Map<String, ?> offset) {
        var file = (String) offset.get("file");
        if (!file.equals(lastFile)) {
            lastFileNumber = fileNumber(file);
            lastFile = file;
        }
        return new SourcePosition(
                lastFileNumber, number(offset.get("pos")), number(offset.get("event")), number(offset.get("row")));
    }

    /** Returns the number a binlog file's name ends with; file names of one server differ in nothing else. */
    static long fileNumber(String file) {
        int dot = file.lastIndexOf('.');
        try {
            return Long.parseLong(file.substring(dot + 1));
        } catch (NumberFormatException e) {
            throw new GravityException(
                    ErrorCode.SOURCE_UNREADABLE,
                    "binlog file \"" + file + "\": expected a name that ends with a dot and a number",
                    e);
        }
    }

    private static long number(Object value) {
        return value == null ? 0 : ((Number) value).longValue();
    }
}
