package io.gravity.dispatch.clickhouse;

import static java.util.stream.Collectors.joining;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.query.GenericRecord;
import io.gravity.audit.DeadLetters;
import io.gravity.audit.Letter;
import io.gravity.audit.LetterFilter;
import io.gravity.dispatch.LetterStore;
import io.gravity.dispatch.TargetConfig;
import io.gravity.error.GravityException;
import io.gravity.event.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;

/**
 * Dead letters in ClickHouse: the newest version of each that is not deleted. To delete one is to write it once more, as
 * deleted, with the next version; a letter that was written again meanwhile has a later one, so it stays.
 */
public final class ClickHouseLetterStore implements LetterStore {
    private static final String NONE = "CAST(NULL AS Nullable(String))";

    private final String name;
    private final String table;
    private final Client client;

    /** Creates the store without reaching the server; {@code letters} is {@code database.table} as configured. */
    public ClickHouseLetterStore(TargetConfig.ClickHouse config, TableId letters) {
        this.name = config.name();
        this.table = TargetTable.quoted(
                config.database() == null ? letters : new TableId(config.database(), letters.name()));
        this.client = ClickHouseWriter.client(config);
    }

    @Override
    public List<Letter> find(LetterFilter filter, int limit) {
        var conditions = new ArrayList<String>();
        if (!filter.ids().isEmpty()) {
            conditions.add("l.id IN (" + literals(filter.ids()) + ")");
        }
        filter.columns().forEach((column, value) -> conditions.add("l." + column + " = " + TargetTable.literal(value)));
        var where = conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
        return select(true, where + " ORDER BY l.detected_at, l.id LIMIT " + limit);
    }

    @Override
    public List<Letter> read(List<String> ids) {
        return ids.isEmpty()
                ? List.of()
                : select(false, " WHERE l.id IN (" + literals(ids) + ") ORDER BY l.detected_at, l.id");
    }

    private List<Letter> select(boolean brief, String condition) {
        var columns = DeadLetters.SCHEMA.columns();
        var selected = new ArrayList<String>();
        for (int i = 0; i < columns.size(); i++) {
            selected.add(expression(columns.get(i).name(), brief) + " AS c" + i);
        }
        return doing("read dead letters", () -> {
            var letters = new ArrayList<Letter>();
            for (GenericRecord row : client.queryAll(
                    "SELECT " + String.join(", ", selected) + " FROM " + table + " AS l FINAL" + condition)) {
                var values = new ArrayList<String>();
                for (int i = 0; i < columns.size(); i++) {
                    values.add(row.getString("c" + i));
                }
                letters.add(new Letter(values));
            }
            return letters;
        });
    }

    private static String expression(String column, boolean brief) {
        if (brief && column.equals("row_data")) {
            return NONE;
        }
        if (brief && column.equals(DeadLetters.CHANGE_DATA)) {
            return "if(l." + column + " IS NULL, " + NONE + ", '')";
        }
        return "toString(l." + column + ")";
    }

    @Override
    public int delete(List<Letter> letters) {
        if (letters.isEmpty()) {
            return 0;
        }
        var condition = " FROM " + table + " AS l FINAL WHERE (l.id, toString(l.detected_at)) IN ("
                + letters.stream()
                        .map(letter -> "(" + literals(List.of(letter.id(), letter.writtenAt())) + ")")
                        .collect(joining(", "))
                + ")";
        return doing("delete dead letters", () -> {
            int there = client.queryAll("SELECT toString(count()) AS n" + condition).stream()
                    .mapToInt(row -> Integer.parseInt(row.getString("n")))
                    .sum();
            client.execute("INSERT INTO " + table + " SELECT * REPLACE (" + TargetTable.VERSION + " + 1 AS "
                            + TargetTable.VERSION + ", 1 AS " + TargetTable.DELETED + ")" + condition)
                    .get()
                    .close();
            return there;
        });
    }

    /** What is asked of the server. */
    private interface Work<T> {
        T run() throws Exception;
    }

    private <T> T doing(String doing, Work<T> work) {
        try {
            return work.run();
        } catch (GravityException e) {
            throw e;
        } catch (ExecutionException e) {
            throw ClickHouseErrors.triaged(e.getCause(), name, doing + " in " + table, List.of());
        } catch (Exception e) {
            throw ClickHouseErrors.triaged(e, name, doing + " in " + table, List.of());
        }
    }

    private static String literals(List<String> texts) {
        return texts.stream().map(TargetTable::literal).collect(joining(", "));
    }

    @Override
    public void close() {
        client.close();
    }
}
