package io.gravity.local.converge;

import com.github.shyiko.mysql.binlog.BinaryLogClient;
import com.github.shyiko.mysql.binlog.event.DeleteRowsEventData;
import com.github.shyiko.mysql.binlog.event.Event;
import com.github.shyiko.mysql.binlog.event.TableMapEventData;
import com.github.shyiko.mysql.binlog.event.UpdateRowsEventData;
import com.github.shyiko.mysql.binlog.event.WriteRowsEventData;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDeserializer;
import io.gravity.local.server.DatabaseServer;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads a server's whole binlog as plain rows of text, with nothing of the job in between. */
final class BinlogHistory {

    /**
     * A row event.
     *
     * @param second the binlog's time
     * @param before {@code null} for an insert
     * @param after {@code null} for a delete
     */
    record Step(String table, long second, String[] before, String[] after) {
        String id() {
            return (after != null ? after : before)[0];
        }
    }

    private final Map<Long, TableMapEventData> tables = new HashMap<>();
    private final List<Step> steps = new ArrayList<>();

    /** Returns all row events of the hot tables, from the first binlog on. */
    static List<Step> read(DatabaseServer server) throws IOException {
        var history = new BinlogHistory();
        var client = new BinaryLogClient(server.host(), server.port(), server.adminUser(), server.adminPassword());
        var deserializer = new EventDeserializer();
        deserializer.setCompatibilityMode(EventDeserializer.CompatibilityMode.CHAR_AND_BINARY_AS_BYTE_ARRAY);
        client.setEventDeserializer(deserializer);
        client.setBinlogFilename("binlog.000001");
        client.setBinlogPosition(4);
        client.setServerId(77_777);
        client.setBlocking(false);
        client.registerEventListener(history::add);
        client.connect();
        return history.steps;
    }

    private void add(Event event) {
        long second = event.getHeader().getTimestamp() / 1000;
        if (event.getData() instanceof TableMapEventData map) {
            tables.put(map.getTableId(), map);
        } else if (event.getData() instanceof WriteRowsEventData insert) {
            insert.getRows().forEach(row -> add(insert.getTableId(), second, null, row));
        } else if (event.getData() instanceof UpdateRowsEventData update) {
            update.getRows().forEach(row -> add(update.getTableId(), second, row.getKey(), row.getValue()));
        } else if (event.getData() instanceof DeleteRowsEventData delete) {
            delete.getRows().forEach(row -> add(delete.getTableId(), second, row, null));
        }
    }

    private void add(long table, long second, Serializable[] before, Serializable[] after) {
        var map = tables.get(table);
        if (map.getDatabase().equals("hot")) {
            steps.add(new Step(map.getTable(), second, text(before), text(after)));
        }
    }

    private static String[] text(Serializable[] row) {
        if (row == null) {
            return null;
        }
        var text = new String[row.length];
        for (int i = 0; i < row.length; i++) {
            text[i] = row[i] instanceof byte[] bytes
                    ? new String(bytes, StandardCharsets.UTF_8)
                    : row[i] == null ? null : row[i].toString();
        }
        return text;
    }
}
