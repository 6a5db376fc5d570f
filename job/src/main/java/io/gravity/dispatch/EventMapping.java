package io.gravity.dispatch;

import static java.util.Objects.requireNonNull;

import io.gravity.event.Operation;
import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import java.io.Serializable;
import java.time.ZoneId;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the changes of tables are told as events of the business.
 *
 * @param tables what it speaks for, by the names after mapping
 * @param typeField the field that says what happened
 * @param type template of that field's text, with {@code ${source}}, {@code ${database}}, {@code ${table}},
 *     {@code ${singular}} and {@code ${operation}}
 * @param operations a word for each operation
 * @param fields the fields' names by column, in the event's order; empty: all columns under their own names
 * @param timestamps form of DATETIME and TIMESTAMP columns
 * @param timeZone where the wall clocks of DATETIME columns hang, for timestamps that count from 1970
 */
public record EventMapping(
        List<TablePattern> tables,
        String typeField,
        String type,
        Map<Operation, String> operations,
        Map<String, String> fields,
        Timestamps timestamps,
        ZoneId timeZone)
        implements Serializable {

    public static final String DEFAULT_TYPE_FIELD = "event_type";
    public static final String DEFAULT_TYPE = "${singular}_${operation}";
    public static final Map<Operation, String> DEFAULT_OPERATIONS = Map.of(
            Operation.READ, "created",
            Operation.INSERT, "created",
            Operation.UPDATE, "updated",
            Operation.DELETE, "deleted");
    public static final ZoneId DEFAULT_TIME_ZONE = ZoneId.of("UTC");

    /** Forms of a moment. */
    public enum Timestamps {
        /** {@code 2023-01-01T10:00:00}, and {@code Z} behind a TIMESTAMP. */
        ISO,
        /** Full seconds since 1970 UTC. */
        EPOCH_SECONDS,
        /** Milliseconds since 1970 UTC. */
        EPOCH_MILLIS
    }

    public EventMapping {
        tables = List.copyOf(tables);
        requireNonNull(typeField, "typeField");
        requireNonNull(type, "type");
        operations = Collections.unmodifiableMap(new EnumMap<>(operations));
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        requireNonNull(timestamps, "timestamps");
        requireNonNull(timeZone, "timeZone");
    }

    /** What holds for tables that no mapping speaks for: all columns as they are. */
    public static EventMapping plain() {
        return new EventMapping(
                List.of(new TablePattern("*")),
                DEFAULT_TYPE_FIELD,
                DEFAULT_TYPE,
                DEFAULT_OPERATIONS,
                Map.of(),
                Timestamps.ISO,
                DEFAULT_TIME_ZONE);
    }

    public boolean matches(TableId table) {
        return tables.stream().anyMatch(pattern -> pattern.matches(table));
    }
}
