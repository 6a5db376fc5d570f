package io.gravity.route;

import io.gravity.event.Column;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.InvalidDate;
import io.gravity.event.Row;
import io.gravity.event.TableSchema;
import io.gravity.expression.Columns;
import io.gravity.expression.Texts;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.zip.CRC32;

/**
 * Spreads rows evenly: the target is the one at place {@code CRC32(text of the key) % number of targets}, from 0.
 *
 * <p>A public contract, since targets hold rows by it: the text is UTF-8, whole numbers in decimal without leading
 * zeros whatever their type, decimals without zeros at the end, dates and times as MySQL prints them (a TIMESTAMP in UTC,
 * no zeros at the end of a fraction), BIT as a number, BINARY as its bytes, NULL as nothing; several columns have commas
 * between. So MySQL's {@code CRC32(user_id) % 4} computes the same.
 */
public record HashSharding(List<String> key, List<String> targets) implements Sharding {

    public HashSharding {
        key = List.copyOf(key);
        targets = List.copyOf(targets);
        if (key.isEmpty() || targets.isEmpty()) {
            throw new IllegalArgumentException(
                    "key is " + key + ", targets " + targets + ", expected one or more each");
        }
    }

    @Override
    public Function<Row, String> bind(TableSchema schema) {
        var columns = new int[key.size()];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = Columns.find(schema, key.get(i));
            check(schema.column(columns[i]));
        }
        return row -> targets.get(place(schema, columns, row));
    }

    private int place(TableSchema schema, int[] columns, Row row) {
        var crc = new CRC32();
        for (int i = 0; i < columns.length; i++) {
            if (i > 0) {
                crc.update(',');
            }
            var value = row.value(columns[i]);
            if (value != null) {
                crc.update(bytes(schema.column(columns[i]), value));
            }
        }
        return (int) (crc.getValue() % targets.size());
    }

    private static byte[] bytes(Column column, Object value) {
        if (value instanceof byte[] bytes) {
            return switch (column.type().kind()) {
                case BITS -> new BigInteger(1, bytes).toString().getBytes(StandardCharsets.UTF_8);
                default -> bytes;
            };
        }
        if (value instanceof InvalidDate date && column.type().kind() == Kind.DATE) {
            return date.date().getBytes(StandardCharsets.UTF_8);
        }
        var text = value instanceof BigDecimal number ? plain(number) : Texts.of(value);
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String plain(BigDecimal number) {
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }

    private static void check(Column column) {
        switch (column.type().kind()) {
            case FLOAT, DOUBLE, JSON, GEOMETRY ->
                throw new IllegalArgumentException("column " + column.name() + " is "
                        + column.type().sqlType()
                        + ", expected a key of whole numbers, decimals, texts, dates or times, whose values have one"
                        + " text each");
            case INTEGER,
                    UNSIGNED_BIGINT,
                    DECIMAL,
                    BITS,
                    DATE,
                    TIME,
                    DATETIME,
                    TIMESTAMP,
                    YEAR,
                    TEXT,
                    ENUM,
                    SET,
                    BINARY -> {}
        }
    }
}
