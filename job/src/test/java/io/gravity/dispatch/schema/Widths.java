package io.gravity.dispatch.schema;

import io.gravity.event.Column;
import io.gravity.event.Column.Declaration;
import io.gravity.event.ColumnType;
import io.gravity.event.ColumnType.Kind;
import io.gravity.event.TableSchema;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A dialect whose types are widths: a greater one takes a smaller one, but numbers below 0 and above have no type in common. */
final class Widths implements Dialect<Integer> {

    @Override
    public Comparator<String> names() {
        return Comparator.naturalOrder();
    }

    @Override
    public Integer of(Column column) {
        return column.type().length();
    }

    @Override
    public boolean holds(Integer type, Column column) {
        return widens(of(column), type);
    }

    @Override
    public boolean widens(Integer from, Integer to) {
        return (from < 0) == (to < 0) && Math.abs(from) <= Math.abs(to);
    }

    @Override
    public Optional<Integer> join(Integer one, Integer other) {
        if ((one < 0) != (other < 0)) {
            return Optional.empty();
        }
        return Optional.of(Math.abs(one) > Math.abs(other) ? one : other);
    }

    @Override
    public String text(Integer type) {
        return "W" + type;
    }

    /** Returns a table keyed by {@code id}, with further columns such as {@code a:5}, {@code a:5?} or {@code b<a:5}. */
    static TableSchema schema(String... columns) {
        return new TableSchema(
                Stream.concat(Stream.of("id:1"), Stream.of(columns))
                        .map(Widths::column)
                        .toList(),
                0);
    }

    private static Column column(String text) {
        var parts = text.replace("?", "").split("[<:]");
        var former = parts.length > 2 ? List.of(parts[1]) : List.<String>of();
        int width = Integer.parseInt(parts[parts.length - 1]);
        return new Column(
                parts[0],
                new ColumnType(Kind.INTEGER, "W", width, -1),
                text.endsWith("?"),
                Declaration.PLAIN.withFormerNames(former));
    }

    /** Returns a target's columns, the first its key. */
    static List<TargetColumn<Integer>> table(String... columns) {
        return schema(columns).columns().stream()
                .map(column -> new TargetColumn<>(
                        column.name(),
                        column.type().length(),
                        column.nullable(),
                        column.name().equals("id"),
                        false))
                .toList();
    }
}
