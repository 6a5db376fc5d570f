package io.gravity.local.schema;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** One of the tables that are one at the targets: rows of its own keys, and the same changes of its columns in an order of its own. */
final class Shard {

    private static final int ROWS = 200;
    private static final String ADD_NOTE = "ADD COLUMN note VARCHAR(20) NOT NULL DEFAULT 'none'";
    private static final String RENAME = "RENAME COLUMN name TO title";
    private static final String WIDEN_AMOUNT = "MODIFY amount BIGINT";
    private static final String WIDEN_NOTE = "MODIFY note VARCHAR(60) NOT NULL DEFAULT 'none'";
    private static final String DROP = "DROP COLUMN old";
    private static final String ADD_FLAGS = "ADD COLUMN flags INT NOT NULL";

    private final String table;
    private final long firstId;
    private final Random random;
    private final List<String> ahead;
    private String name = "name";
    private boolean hasNote;
    private boolean hasOld = true;
    private boolean hasFlags;
    private boolean isWide;

    Shard(String table, int number) {
        this.table = table;
        this.firstId = number * 1_000_000L;
        this.random = new Random(number);
        this.ahead = new ArrayList<>(List.of(ADD_NOTE, RENAME, WIDEN_AMOUNT, WIDEN_NOTE, DROP, ADD_FLAGS));
        Collections.shuffle(ahead, random);
        if (ahead.indexOf(WIDEN_NOTE) < ahead.indexOf(ADD_NOTE)) {
            Collections.swap(ahead, ahead.indexOf(WIDEN_NOTE), ahead.indexOf(ADD_NOTE));
        }
    }

    String createStatement() {
        return "CREATE TABLE " + table
                + " (id BIGINT PRIMARY KEY, name VARCHAR(20), amount INT, old VARCHAR(5) DEFAULT 'x')";
    }

    String table() {
        return table;
    }

    /** Inserts, updates or deletes a row under the columns that the table has now. */
    void change(Statement statement) throws SQLException {
        long id = firstId + random.nextInt(ROWS);
        long amount = isWide && random.nextInt(4) == 0 ? 5_000_000_000L : random.nextInt(1000);
        switch (random.nextInt(5)) {
            case 0 -> statement.execute("DELETE FROM " + table + " WHERE id = " + id);
            case 1 -> statement.execute("UPDATE " + table + " SET amount = " + amount + " WHERE id = " + id);
            default -> {
                var columns = "id, amount, " + name;
                var values = id + ", " + amount + ", 'n" + random.nextInt(1000) + "'";
                if (hasNote && random.nextBoolean()) {
                    columns += ", note";
                    values += ", 'note " + random.nextInt(100) + "'";
                }
                if (hasOld) {
                    columns += ", old";
                    values += ", 'o'";
                }
                if (hasFlags) {
                    columns += ", flags";
                    values += ", " + random.nextInt(8);
                }
                statement.execute("REPLACE INTO " + table + " (" + columns + ") VALUES (" + values + ")");
            }
        }
    }

    boolean isDone() {
        return ahead.isEmpty();
    }

    /** Makes the next change of columns. */
    void alter(Statement statement) throws SQLException {
        var next = ahead.remove(0);
        statement.execute("ALTER TABLE " + table + " " + next);
        switch (next) {
            case ADD_NOTE -> hasNote = true;
            case RENAME -> name = "title";
            case WIDEN_AMOUNT -> isWide = true;
            case DROP -> hasOld = false;
            case ADD_FLAGS -> hasFlags = true;
            default -> {}
        }
    }
}
