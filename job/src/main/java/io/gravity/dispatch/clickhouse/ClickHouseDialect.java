package io.gravity.dispatch.clickhouse;

import io.gravity.dispatch.schema.Dialect;
import io.gravity.event.Column;
import java.util.Comparator;
import java.util.Optional;

/** ClickHouse's types, in its own notation, without Nullable. */
final class ClickHouseDialect implements Dialect<String> {
    static final ClickHouseDialect INSTANCE = new ClickHouseDialect();

    private ClickHouseDialect() {}

    @Override
    public Comparator<String> names() {
        return Comparator.naturalOrder();
    }

    @Override
    public String of(Column column) {
        return ColumnMapping.bareTypeOf(column.type());
    }

    @Override
    public boolean holds(String type, Column column) {
        return ColumnMapping.holds(type, column);
    }

    @Override
    public boolean widens(String from, String to) {
        return WiderTypes.widens(from, to);
    }

    @Override
    public Optional<String> join(String one, String other) {
        return WiderTypes.join(one, other);
    }

    @Override
    public String text(String type) {
        return type;
    }
}
