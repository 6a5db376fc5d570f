package io.gravity.local.verify;

import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;

/** Reads a ClickHouse target: the last version of each row, without those marked as deleted. */
final class ClickHouseTarget implements TargetReader {
    private final ClickHouseHttp http;
    private final String database;

    /** @param database where all tables are; null: each in the database it comes from */
    ClickHouseTarget(URI endpoint, String user, String password, String database) {
        this.http = new ClickHouseHttp(endpoint, user, password);
        this.database = database;
    }

    @Override
    public Map<String, String> rows(String source, CheckedTable table) throws IOException, InterruptedException {
        String sql = "SELECT " + table.select(column -> column.form().clickHouse(MySqlRows.quoted(column.name())))
                + from(table) + " FORMAT JSONCompactEachRow";
        var rows = new HashMap<String, String>();
        var answer = http.query(sql);
        if (answer.isEmpty()) {
            return rows;
        }
        try (var body = answer.get();
                var parser = JsonText.FACTORY.createParser(body)) {
            var values = new ArrayList<String>();
            while (parser.nextToken() == JsonToken.START_ARRAY) {
                values.clear();
                for (var column : table.columns()) {
                    values.add(
                            parser.nextToken() == JsonToken.VALUE_NULL
                                    ? null
                                    : column.form().lenient(parser.getText()));
                }
                parser.nextToken();
                rows.put(table.keyOf(values), CheckedRow.join(values));
            }
        }
        return rows;
    }

    @Override
    public long count(String source, CheckedTable table) throws IOException, InterruptedException {
        return http.text("SELECT count()" + from(table)).map(Long::parseLong).orElse(0L);
    }

    @Override
    public String signature(String source, CheckedTable table) throws IOException, InterruptedException {
        return http.text("SELECT count(), sum(cityHash64(*))" + from(table)).orElse("");
    }

    private String from(CheckedTable table) {
        return " FROM " + MySqlRows.quoted(TargetReader.in(database, table.id())) + " FINAL WHERE _deleted = 0";
    }
}
