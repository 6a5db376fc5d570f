package io.gravity.dispatch.kafka;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import io.gravity.dispatch.EventMapping;
import io.gravity.dispatch.EventMapping.Timestamps;
import io.gravity.dispatch.UnfitRule;
import io.gravity.event.ChangeEvent;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Operation;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.types.RowJson;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Changes as flat events: what happened, then the columns that the table's {@link EventMapping} names, e.g.
 *
 * <pre>{@code
 * {"event_type":"user_created","user_id":1,"user_name":"Ann","timestamp":1672567200}
 * }</pre>
 *
 * <p>A deleted row's event holds its last values; there is no tombstone, as a topic of events is no table. Values are
 * those of {@link RowJson}, but for the moments whose form the mapping states.
 */
final class EventJson implements RecordFormat {
    private final List<EventMapping> mappings;
    private final UnfitRule unfit;
    private final PerTable<Prepared> tables = new PerTable<>(this::prepare);

    private record Field(SerializableString name, int column, Kind kind) {}

    private record Prepared(
            EventMapping mapping, SerializableString typeField, String[] types, List<Field> fields, UnfitRule unfit) {

        void write(JsonGenerator json, ChangeEvent event) throws IOException {
            json.writeStartObject();
            json.writeFieldName(typeField);
            json.writeString(types[event.operation().ordinal()]);
            for (var field : fields) {
                json.writeFieldName(field.name());
                value(json, field.kind(), event.image().value(field.column()));
            }
            json.writeEndObject();
        }

        private void value(JsonGenerator json, Kind kind, Object found) throws IOException {
            var value =
                    mapping.timestamps() == Timestamps.ISO || kind == Kind.DATE ? found : unfit.inCalendar(kind, found);
            if (value == null) {
                json.writeNull();
            } else if (mapping.timestamps() == Timestamps.ISO || !(kind == Kind.DATETIME || kind == Kind.TIMESTAMP)) {
                RowJson.value(json, kind, value);
            } else {
                var moment = kind == Kind.TIMESTAMP
                        ? (Instant) value
                        : ((LocalDateTime) value).atZone(mapping.timeZone()).toInstant();
                json.writeNumber(
                        mapping.timestamps() == Timestamps.EPOCH_SECONDS
                                ? moment.getEpochSecond()
                                : moment.toEpochMilli());
            }
        }
    }

    EventJson(List<EventMapping> mappings, UnfitRule unfit) {
        this.unfit = unfit;
        this.mappings = List.copyOf(mappings);
    }

    @Override
    public void write(ChangeEvent event, OutputStream out) throws IOException {
        var table = tables.of(event);
        JsonRows.write(out, json -> table.write(json, event));
    }

    @Override
    public boolean hasTombstones() {
        return false;
    }

    private Prepared prepare(TableId table, TableSchema schema) {
        var mapping =
                mappings.stream().filter(one -> one.matches(table)).findFirst().orElseGet(EventMapping::plain);
        var operations = Operation.ofRows();
        var types = new String[operations.size()];
        for (var operation : operations) {
            types[operation.ordinal()] = NameTemplate.fill(mapping.type(), "", table)
                    .replace("${operation}", mapping.operations().get(operation));
        }
        return new Prepared(
                mapping, new SerializedString(mapping.typeField()), types, fields(mapping, table, schema), unfit);
    }

    private static List<Field> fields(EventMapping mapping, TableId table, TableSchema schema) {
        var fields = new ArrayList<Field>();
        var missing = new ArrayList<String>();
        names(mapping, schema).forEach((column, name) -> {
            int index = schema.indexOf(column);
            if (index < 0) {
                missing.add(column);
            } else {
                fields.add(new Field(
                        new SerializedString(name),
                        index,
                        schema.column(index).type().kind()));
            }
        });
        if (!missing.isEmpty()) {
            throw new UnfitTableException("the fields of " + table + "'s events name " + String.join(", ", missing)
                    + ", expected columns that the table has: "
                    + String.join(
                            ", ",
                            schema.columns().stream()
                                    .map(column -> column.name())
                                    .toList())
                    + ". Change fields in the target's events.");
        }
        return fields;
    }

    private static Map<String, String> names(EventMapping mapping, TableSchema schema) {
        if (!mapping.fields().isEmpty()) {
            return mapping.fields();
        }
        var names = new LinkedHashMap<String, String>();
        schema.columns().forEach(column -> names.put(column.name(), column.name()));
        return names;
    }
}
