package io.gravity.route;

import static java.util.Objects.requireNonNull;

import io.gravity.event.InvalidDate;
import io.gravity.event.Row;
import io.gravity.event.TableSchema;
import io.gravity.expression.Columns;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Puts rows by the range that a column's value lies in; a TIMESTAMP by its time in UTC.
 *
 * @param ranges all of numbers or all of times, none over another; as written
 * @param defaultTarget of rows in no range, and of NULL; {@code null}: they have no place
 */
public record RangeSharding(String column, List<ShardRange> ranges, String defaultTarget) implements Sharding {

    public RangeSharding {
        requireNonNull(column, "column");
        ranges = List.copyOf(ranges);
        if (ranges.isEmpty()) {
            throw new IllegalArgumentException("there is no range");
        }
    }

    @Override
    public List<String> key() {
        return List.of(column);
    }

    @Override
    public List<String> targets() {
        return Stream.concat(
                        ranges.stream().map(ShardRange::target), Stream.of(defaultTarget == null ? "" : defaultTarget))
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList();
    }

    @Override
    public Function<Row, String> bind(TableSchema schema) {
        int index = Columns.find(schema, column);
        var number = number(schema, index);
        var sorted =
                ranges.stream().sorted(Comparator.comparing(ShardRange::from)).toArray(ShardRange[]::new);
        return row -> {
            var value = InvalidDate.asNull(row.value(index));
            return value == null ? defaultTarget : target(sorted, number.apply(value));
        };
    }

    private String target(ShardRange[] sorted, BigDecimal value) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle].from().compareTo(value) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        boolean within = low > 0 && value.compareTo(sorted[low - 1].end()) < 0;
        return within ? sorted[low - 1].target() : defaultTarget;
    }

    /** Returns where a value of the column stands among the ranges. */
    private Function<Object, BigDecimal> number(TableSchema schema, int index) {
        boolean times = ranges.get(0).ofTimes();
        var type = schema.column(index).type();
        Function<Object, BigDecimal> number =
                switch (type.kind()) {
                    case INTEGER, YEAR -> times ? null : value -> BigDecimal.valueOf((Long) value);
                    case UNSIGNED_BIGINT -> times ? null : value -> new BigDecimal((BigInteger) value);
                    case DECIMAL -> times ? null : value -> (BigDecimal) value;
                    case FLOAT, DOUBLE -> times ? null : value -> new BigDecimal(((Number) value).doubleValue());
                    case DATE -> times ? value -> ShardRange.micros(((LocalDate) value).atStartOfDay()) : null;
                    case DATETIME -> times ? value -> ShardRange.micros((LocalDateTime) value) : null;
                    case TIMESTAMP ->
                        times
                                ? value -> ShardRange.micros(LocalDateTime.ofInstant((Instant) value, ZoneOffset.UTC))
                                : null;
                    case BITS, TIME, TEXT, ENUM, SET, JSON, BINARY, GEOMETRY -> null;
                };
        if (number == null) {
            throw new IllegalArgumentException("column " + schema.column(index).name() + " is " + type.sqlType()
                    + ", expected a key of "
                    + (times ? "dates or dates with times, as the ranges are" : "numbers, as the ranges are"));
        }
        return number;
    }
}
