package io.gravity.types;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.Operation;
import io.gravity.event.Row;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** Draws changes of any table, with values of every kind. */
public final class AnyChange {

    private AnyChange() {}

    public static Arbitrary<ChangeEvent> arbitrary() {
        return Arbitraries.longs().map(seed -> draw(new Random(seed)));
    }

    /** Draws a change of one of a few tables; a table may have one of two schemas. */
    static ChangeEvent draw(Random random) {
        int number = random.nextInt(3);
        boolean wide = random.nextBoolean();
        var table = new TableId("shop", "table" + number);
        var target = random.nextBoolean() ? table : new TableId("dw", "table" + number);
        var schema = schema(wide);
        var operation = Operation.of(random.nextInt(Operation.values().length));
        var position = new SourcePosition(
                random.nextInt(1000), random.nextLong() >>> 1, random.nextInt(100), random.nextInt(100));
        var source = "source-" + random.nextInt(2);
        if (!Operation.ofRows().contains(operation)) {
            return ChangeEvent.marker(
                            source, table, operation, declared(schema), random.nextLong(), position, random.nextLong())
                    .markerOf(target, declared(schema));
        }
        boolean hasBefore = operation == Operation.UPDATE || operation == Operation.DELETE;
        boolean hasAfter = operation != Operation.DELETE;
        var event = ChangeEvent.captured(
                source,
                table,
                target,
                operation,
                schema,
                hasBefore ? row(schema, random) : null,
                hasAfter ? row(schema, random) : null,
                random.nextLong(),
                position,
                random.nextLong());
        if (random.nextBoolean()) {
            event = event.asLate();
        }
        return random.nextBoolean() ? event.resolved(random.nextLong(), random.nextBoolean()) : event;
    }

    private static TableSchema schema(boolean wide) {
        var columns = new ArrayList<Column>();
        columns.add(new Column("id", ColumnType.of(Kind.INTEGER, "BIGINT"), false));
        for (var kind : Kind.values()) {
            if (wide || kind.ordinal() < 3) {
                columns.add(new Column(
                        "c_" + kind.name(), new ColumnType(kind, kind.name(), kind.ordinal() * 10, -1), true));
            }
        }
        return new TableSchema(List.copyOf(columns), 0);
    }

    /** Each column declares one thing more than the one before it, and the first nothing. */
    private static TableSchema declared(TableSchema schema) {
        var columns = new ArrayList<Column>();
        for (var column : schema.columns()) {
            int n = columns.size();
            var declaration = new Column.Declaration(
                    n > 0 ? "CURRENT_TIMESTAMP(6)" : null,
                    n > 1 ? "the time's ß" : null,
                    n > 2 ? "utf8mb4" : null,
                    n > 3 ? "utf8mb4_bin" : null,
                    n > 4,
                    n > 5 ? List.of("a,b", "") : List.of(),
                    n > 6 ? List.of("before", "long before") : List.of());
            columns.add(new Column(column.name(), column.type(), column.nullable(), declaration));
        }
        return new TableSchema(columns, 0);
    }

    private static Row row(TableSchema schema, Random random) {
        var values = new Object[schema.columnCount()];
        for (int i = 0; i < values.length; i++) {
            boolean isNull = i > 0 && random.nextInt(5) == 0;
            values[i] = isNull ? null : value(schema.column(i).type().kind(), random);
        }
        return Row.of(values);
    }

    private static Object value(Kind kind, Random random) {
        return switch (kind) {
            case INTEGER, YEAR -> random.nextLong() >> random.nextInt(64);
            case UNSIGNED_BIGINT -> new BigInteger(64, random);
            case DECIMAL -> new BigDecimal(new BigInteger(215, random), random.nextInt(31));
            case FLOAT -> random.nextFloat();
            case DOUBLE -> random.nextDouble();
            case DATE -> LocalDate.ofEpochDay(random.nextInt(2_900_000));
            case TIME -> Duration.ofMillis(random.nextInt());
            case DATETIME -> LocalDateTime.of(2024, 2, 29, random.nextInt(24), random.nextInt(60), 59, 999_999_000);
            case TIMESTAMP -> Instant.ofEpochSecond(random.nextInt(Integer.MAX_VALUE), 123_456_000);
            case TEXT, ENUM, SET, JSON -> "\uD83D\uDE80ß".repeat(random.nextInt(8));
            case BITS, BINARY, GEOMETRY -> {
                var bytes = new byte[random.nextInt(20)];
                random.nextBytes(bytes);
                yield bytes;
            }
        };
    }
}
