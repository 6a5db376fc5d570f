package io.gravity.route;

import static java.util.Objects.requireNonNull;

import io.gravity.event.Row;
import io.gravity.event.TableSchema;
import io.gravity.expression.Columns;
import java.io.Serializable;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Puts rows by the remainder of a whole number, from 0 to {@code modulo - 1}; that of -1 is the last.
 *
 * @param shards each remainder stands in one of them
 * @param defaultTarget of rows without a number; {@code null}: they have no place
 */
public record ModuloSharding(String column, int modulo, List<Shard> shards, String defaultTarget) implements Sharding {

    /** Some remainders, and the target of rows that have one of them. */
    public record Shard(List<Integer> remainders, String target) implements Serializable {

        public Shard {
            requireNonNull(target, "target");
            remainders = List.copyOf(remainders);
        }
    }

    public ModuloSharding {
        requireNonNull(column, "column");
        shards = List.copyOf(shards);
    }

    @Override
    public List<String> key() {
        return List.of(column);
    }

    @Override
    public List<String> targets() {
        return Stream.concat(shards.stream().map(Shard::target), Stream.of(defaultTarget == null ? "" : defaultTarget))
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList();
    }

    @Override
    public Function<Row, String> bind(TableSchema schema) {
        int index = Columns.find(schema, column);
        var type = schema.column(index).type();
        var byRemainder = new String[modulo];
        shards.forEach(shard -> shard.remainders().forEach(remainder -> byRemainder[remainder] = shard.target()));
        if (Arrays.stream(byRemainder).anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException("a remainder of " + modulo + " has no target");
        }
        var divisor = BigInteger.valueOf(modulo);
        return switch (type.kind()) {
            case INTEGER, YEAR ->
                row -> {
                    var value = (Long) row.value(index);
                    return value == null ? defaultTarget : byRemainder[Math.floorMod(value, modulo)];
                };
            case UNSIGNED_BIGINT ->
                row -> {
                    var value = (BigInteger) row.value(index);
                    return value == null
                            ? defaultTarget
                            : byRemainder[value.mod(divisor).intValue()];
                };
            case DECIMAL,
                    FLOAT,
                    DOUBLE,
                    BITS,
                    DATE,
                    TIME,
                    DATETIME,
                    TIMESTAMP,
                    TEXT,
                    ENUM,
                    SET,
                    JSON,
                    BINARY,
                    GEOMETRY ->
                throw new IllegalArgumentException("column "
                        + schema.column(index).name() + " is " + type.sqlType() + ", expected a key of whole numbers");
        };
    }
}
