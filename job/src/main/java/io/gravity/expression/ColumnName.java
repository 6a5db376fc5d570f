package io.gravity.expression;

import static java.util.Objects.requireNonNull;

import io.gravity.event.Column;
import io.gravity.event.InvalidDate;
import io.gravity.event.TableSchema;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Set;

/** The value of a column. */
record ColumnName(String name) implements Node {

    ColumnName {
        requireNonNull(name, "name");
    }

    @Override
    public Typed bind(TableSchema schema) {
        int index = Columns.find(schema, name);
        var column = schema.column(index);
        var what = "column " + column.name() + " is " + column.type().sqlType();
        return new Typed(what, Type.of(column.type()), evaluator(column, index), false);
    }

    private static Evaluator evaluator(Column column, int index) {
        return switch (column.type().kind()) {
            case UNSIGNED_BIGINT ->
                row -> {
                    var value = (BigInteger) row.value(index);
                    return value == null ? null : Numbers.of(value);
                };
            case DECIMAL ->
                row -> {
                    var value = (BigDecimal) row.value(index);
                    return value == null ? null : Numbers.narrow(value);
                };
            case FLOAT ->
                row -> {
                    var value = (Float) row.value(index);
                    return value == null ? null : (Object) value.doubleValue();
                };
            case BITS ->
                row -> {
                    var value = (byte[]) row.value(index);
                    return value == null ? null : Numbers.of(new BigInteger(1, value));
                };
            case DATE, DATETIME, TIMESTAMP -> row -> InvalidDate.asNull(row.value(index));
            case INTEGER, YEAR, DOUBLE, TEXT, ENUM, SET, TIME, JSON, BINARY, GEOMETRY -> row -> row.value(index);
        };
    }

    @Override
    public List<Node> parts() {
        return List.of();
    }

    @Override
    public void addColumns(Set<String> names) {
        names.add(name);
    }

    @Override
    public String toString() {
        return name;
    }
}
