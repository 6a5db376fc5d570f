package io.gravity.source;

import io.debezium.relational.Table;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ColumnType;
import io.gravity.event.InvalidDate;
import io.gravity.event.Row;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.source.SourceConfig.TimeColumn;
import io.gravity.source.SourceConfig.Timing;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Says when the changes of one table were made: the binlog's time, or a column's, in the column's own resolution.
 *
 * <p>The column of the row as it is after the change counts. A delete leaves no such row: it is made when the binlog
 * says, or when the row it removes says, if that is later, since the binlog's second began before. Without a value the
 * binlog's time counts.
 *
 * <p>A number counts seconds, milliseconds, microseconds or nanoseconds since 1970 UTC, told apart by its size: below
 * {@code 1e11}, {@code 1e14}, {@code 1e17}, above. That is right for every time from 1973 to 5138. Zero and less is no
 * time.
 */
final class EventTime {
    private static final String USABLE = "DATETIME, TIMESTAMP, INT or BIGINT";
    private static final Pattern USABLE_TYPE =
            Pattern.compile("(DATETIME|TIMESTAMP|INT|INTEGER|BIGINT)( UNSIGNED)?( ZEROFILL)?");
    private static final long NONE = Long.MIN_VALUE;

    private final int column;
    private final ColumnType.Kind kind;
    private final ZoneId zone;
    private final long offsetMicros;

    private EventTime(int column, ColumnType.Kind kind, ZoneId zone, Timing timing) {
        this.column = column;
        this.kind = kind;
        this.zone = zone;
        this.offsetMicros = timing.clockOffset().toMillis() * 1000;
    }

    /**
     * Returns the rule for a table.
     *
     * @param zone in which the wall clock of a DATETIME is read
     */
    static EventTime of(Timing timing, ZoneId zone, String source, TableId table, TableSchema schema) {
        var configured = configured(timing, table);
        if (configured == null) {
            return new EventTime(-1, null, zone, timing);
        }
        for (int i = 0; i < schema.columnCount(); i++) {
            var found = schema.column(i);
            if (found.name().equalsIgnoreCase(configured.column())) {
                if (!isUsable(found.type().sqlType())) {
                    throw unusable(
                            source, wrongType(table, configured, found.type().sqlType()));
                }
                return new EventTime(i, found.type().kind(), zone, timing);
            }
        }
        throw unusable(source, missing(table, configured));
    }

    /** Returns what is wrong with the configured columns of these tables. */
    static List<String> problems(Timing timing, Collection<Table> tables) {
        var problems = new ArrayList<String>();
        var unused = new ArrayList<>(timing.columns());
        for (var table : tables) {
            var id = new TableId(table.id().catalog(), table.id().table());
            var configured = configured(timing, id);
            if (configured == null) {
                continue;
            }
            unused.remove(configured);
            var column = table.columnWithName(configured.column());
            if (column == null) {
                problems.add(missing(id, configured));
            } else if (!isUsable(column.typeName())) {
                problems.add(wrongType(id, configured, column.typeName()));
            }
        }
        for (var one : unused) {
            problems.add("event-time names tables " + one.tables()
                    + ", but there is none, or an earlier entry speaks for them. Correct or remove the entry");
        }
        return problems;
    }

    private static TimeColumn configured(Timing timing, TableId table) {
        for (var one : timing.columns()) {
            if (one.tables().matches(table)) {
                return one;
            }
        }
        return null;
    }

    private static boolean isUsable(String sqlType) {
        return USABLE_TYPE.matcher(sqlType.toUpperCase(Locale.ROOT)).matches();
    }

    private static String missing(TableId table, TimeColumn configured) {
        return "table " + table + " has no column " + configured.column() + ", which event-time names for "
                + configured.tables() + ". Add the column, or correct event-time";
    }

    private static String wrongType(TableId table, TimeColumn configured, String sqlType) {
        return "table " + table + ", column " + configured.column() + ": found " + sqlType + ", expected " + USABLE
                + " for event-time. Name another column";
    }

    private static GravityException unusable(String source, String problem) {
        return new GravityException(ErrorCode.SOURCE_UNUSABLE, "source " + source + ", " + problem);
    }

    /**
     * Returns when a change was made, in microseconds since 1970 UTC, by the true clock.
     *
     * @param after {@code null} for a delete
     */
    long micros(long binlogMicros, Row before, Row after) {
        long micros = binlogMicros;
        if (column >= 0) {
            long told = told((after != null ? after : before).value(column));
            if (told != NONE) {
                micros = after != null ? told : Math.max(binlogMicros, told);
            }
        }
        return micros - offsetMicros;
    }

    private long told(Object value) {
        if (value == null || value instanceof InvalidDate) {
            return NONE;
        }
        return switch (kind) {
            case DATETIME -> micros(((LocalDateTime) value).atZone(zone).toInstant());
            case TIMESTAMP -> micros((Instant) value);
            case INTEGER -> bySize((Long) value);
            case UNSIGNED_BIGINT -> bySize(((BigInteger) value).longValue());
            default -> NONE;
        };
    }

    private static long micros(Instant instant) {
        return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1000;
    }

    private static long bySize(long number) {
        if (number <= 0) {
            return NONE;
        }
        if (number < 100_000_000_000L) {
            return number * 1_000_000;
        }
        if (number < 100_000_000_000_000L) {
            return number * 1000;
        }
        return number < 100_000_000_000_000_000L ? number : number / 1000;
    }
}
