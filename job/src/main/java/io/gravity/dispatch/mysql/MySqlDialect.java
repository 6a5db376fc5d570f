package io.gravity.dispatch.mysql;

import io.gravity.dispatch.schema.Dialect;
import io.gravity.event.Column;
import java.util.Comparator;
import java.util.Optional;

/** MySQL's types and names. */
final class MySqlDialect implements Dialect<MySqlType> {
    static final MySqlDialect INSTANCE = new MySqlDialect();

    private MySqlDialect() {}

    @Override
    public Comparator<String> names() {
        return String.CASE_INSENSITIVE_ORDER;
    }

    @Override
    public MySqlType of(Column column) {
        return MySqlType.of(column);
    }

    @Override
    public boolean holds(MySqlType type, Column column) {
        return type.holds(MySqlType.of(column));
    }

    @Override
    public boolean widens(MySqlType from, MySqlType to) {
        return to.holds(from);
    }

    @Override
    public Optional<MySqlType> join(MySqlType one, MySqlType other) {
        return one.join(other);
    }

    @Override
    public String text(MySqlType type) {
        return type.text();
    }
}
