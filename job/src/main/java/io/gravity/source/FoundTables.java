package io.gravity.source;

import io.debezium.relational.TableId;
import io.debezium.relational.history.TableChanges.TableChange;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.cdc.connectors.mysql.source.split.SourceRecords;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Schema;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Struct;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;

/** A record of our own that comes before those of a binlog: tables that its split does not know, with their schemas. */
final class FoundTables {
    private static final String TOPIC = "gravity.tables-found";
    private static final Schema NOTHING =
            SchemaBuilder.struct().name("gravity.nothing").build();

    private FoundTables() {}

    static SourceRecords of(Map<TableId, TableChange> schemas) {
        var content = new HashMap<String, TableChange>();
        schemas.values().forEach(schema -> content.put(schema.getId().toString(), schema));
        return SourceRecords.fromSingleRecord(
                new SourceRecord(Map.of(), content, TOPIC, NOTHING, new Struct(NOTHING), NOTHING, new Struct(NOTHING)));
    }

    static boolean is(SourceRecord record) {
        return TOPIC.equals(record.topic());
    }

    static Map<TableId, TableChange> schemas(SourceRecord record) {
        var schemas = new HashMap<TableId, TableChange>();
        for (var value : record.sourceOffset().values()) {
            var schema = (TableChange) value;
            schemas.put(schema.getId(), schema);
        }
        return schemas;
    }
}
