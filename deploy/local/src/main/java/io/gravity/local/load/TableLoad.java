package io.gravity.local.load;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.stream.LongStream;

/** Draws the changes of one table, and knows which of its rows exist. */
final class TableLoad {
    /** Rows with numbers from here on belong to somebody else, for example to a probe. */
    static final long RESERVED = 1_000_000_000_000L;

    private static final int HOT_ROWS = 10;
    private static final int FEW = 100;

    private final TableShape shape;
    private final LiveKeys keys;
    private final Draw draw;
    private final double hotShare;

    TableLoad(TableShape shape, Draw draw, double hotShare) {
        this.shape = shape;
        this.keys = new LiveKeys(1);
        this.draw = draw;
        this.hotShare = hotShare;
    }

    String table() {
        return shape.table();
    }

    /** An insert of so many new rows. */
    String insert(int rows) {
        return insert(LongStream.generate(keys::fresh).limit(rows).toArray());
    }

    /** One change; in the long run 35 % inserts, 50 % updates, 10 % deletes, 5 % changes of the key. */
    String change() {
        int die = draw.below(100);
        if (die < 35 || keys.size() < FEW) {
            return insert(draw.chance(0.1) ? keys.revived() : keys.fresh());
        }
        if (die < 85) {
            int position = draw.chance(hotShare) ? draw.below(HOT_ROWS) : draw.below(keys.size());
            return update(shape.changes(draw), keys.at(position));
        }
        int position = draw.below(keys.size());
        if (die < 95) {
            return "DELETE FROM " + table() + " WHERE " + shape.where(keys.remove(position));
        }
        long old = keys.at(position);
        return update(shape.rekey(keys.replace(position)) + ", updated_at = " + draw.present(), old);
    }

    /** Learns from the table which rows exist, after it is unknown whether a transaction was committed. */
    void reload(Connection connection) throws SQLException {
        String sql =
                "SELECT " + shape.keyExpression() + " AS k FROM " + table() + " HAVING k < " + RESERVED + " ORDER BY k";
        var alive = LongStream.builder();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                alive.add(rows.getLong(1));
            }
        }
        keys.reset(alive.build().toArray());
    }

    private String insert(long... fresh) {
        var sql = new StringBuilder("INSERT INTO ")
                .append(table())
                .append(" (")
                .append(shape.columns())
                .append(") VALUES ");
        for (int i = 0; i < fresh.length; i++) {
            sql.append(i == 0 ? "(" : ", (")
                    .append(shape.values(fresh[i], draw))
                    .append(')');
        }
        return sql.toString();
    }

    private String update(String assignments, long key) {
        return "UPDATE " + table() + " SET " + assignments + " WHERE " + shape.where(key);
    }
}
