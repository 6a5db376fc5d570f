package io.gravity.local.verify;

import com.fasterxml.jackson.core.JsonToken;
import io.gravity.local.verify.CheckedTable.CheckedColumn;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What is left of a topic's records if the last one of each key counts. */
final class TopicRows {
    private final CheckedTable table;
    private final List<CheckedColumn> key;
    private final Map<String, String> rows = new HashMap<>();
    private long records;

    TopicRows(CheckedTable table) {
        this.table = table;
        this.key = table.columns().stream()
                .filter(column -> table.key().contains(column.name()))
                .toList();
    }

    Map<String, String> rows() {
        return rows;
    }

    long records() {
        return records;
    }

    void accept(ConsumerRecord<byte[], byte[]> message) {
        try {
            String row = canonical(key, JsonText.object(message.key()));
            var after = message.value() == null ? null : after(message.value());
            if (after == null) {
                rows.remove(row);
            } else {
                rows.put(row, canonical(table.columns(), after));
            }
            records++;
        } catch (IOException e) {
            throw new IllegalStateException(
                    "no envelope at offset " + message.offset() + " of " + message.topic() + "-" + message.partition(),
                    e);
        }
    }

    /** The row's new image; null if the change removes it. */
    static Map<String, String> after(byte[] envelope) throws IOException {
        Map<String, String> after = null;
        try (var parser = JsonText.FACTORY.createParser(envelope)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("expected a JSON object, found " + parser.currentToken());
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                var token = parser.nextToken();
                if (name.equals("op") && parser.getText().equals("d")) {
                    return null;
                }
                if (name.equals("after") && token != JsonToken.VALUE_NULL) {
                    after = JsonText.object(parser);
                } else {
                    parser.skipChildren();
                }
            }
        }
        return after;
    }

    private static String canonical(List<CheckedColumn> columns, Map<String, String> members) {
        var values = new ArrayList<String>(columns.size());
        for (var column : columns) {
            String name = column.name();
            values.add(members.containsKey(name) ? column.form().lenientJson(members.get(name)) : "(absent)");
        }
        return CheckedRow.join(values);
    }
}
