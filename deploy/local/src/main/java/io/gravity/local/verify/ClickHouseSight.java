package io.gravity.local.verify;

import io.gravity.event.TableId;
import java.io.IOException;
import java.util.Set;

/** Reads probe rows from a ClickHouse target by primary key; any version counts, merged or not. */
final class ClickHouseSight implements Sight {
    private final ClickHouseHttp http;
    private final String select;

    ClickHouseSight(ClickHouseHttp http, TableId table, String mark) {
        this.http = http;
        this.select = "SELECT id, " + mark + " FROM " + MySqlRows.quoted(table) + " WHERE id IN ";
    }

    @Override
    public void look(Set<Long> rows, Seen seen) throws IOException, InterruptedException {
        var answer = http.text(select + MySqlSight.list(rows) + " SETTINGS max_threads = 1 FORMAT TabSeparated")
                .orElse("");
        answer.lines()
                .map(line -> line.split("\t", 2))
                .forEach(row -> seen.accept(Long.parseLong(row[0]), ProbeTable.number(row[1])));
    }

    @Override
    public void close() {}
}
