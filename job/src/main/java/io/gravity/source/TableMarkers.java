package io.gravity.source;

import io.debezium.connector.mysql.MySqlDatabaseSchema;
import io.debezium.relational.Table;
import io.debezium.relational.history.HistoryRecord;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Operation;
import io.gravity.event.TableId;
import io.gravity.source.SourceConfig.OnTableGone;
import java.io.IOException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.flink.cdc.connectors.mysql.source.utils.RecordUtils;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes of the connector's records of tables what flows with their rows. Not thread-safe. */
final class TableMarkers {
    private static final Logger LOG = LoggerFactory.getLogger(TableMarkers.class);

    private static final String FORGET = "FORGET";

    private final String source;
    private final OnTableGone policy;
    private final ChangeConverter converter;
    private final Supplier<MySqlDatabaseSchema> schemas;
    private final Set<io.debezium.relational.TableId> refused = new HashSet<>();
    private MySqlDatabaseSchema schema;

    /**
     * Creates a maker.
     *
     * @param schemas makes a schema of the connector, to be used here alone
     */
    TableMarkers(String source, OnTableGone policy, ChangeConverter converter, Supplier<MySqlDatabaseSchema> schemas) {
        this.source = source;
        this.policy = policy;
        this.converter = converter;
        this.schemas = schemas;
    }

    /** Notes the record as passed, and returns what is to flow of it. */
    Optional<ChangeEvent> pass(SourceRecord record, ChangeSplitState state, long captureTimeMicros) throws IOException {
        var id = RecordUtils.getTableId(record);
        var before = state.table(id);
        state.passed(record);
        var table = new TableId(id.catalog(), id.table());
        var verb = verb(record);
        if (verb.equals(FORGET)) {
            // It has the same columns until it is defined anew.
            return Optional.empty();
        }
        var operation = operation(table, verb);
        var known = operation == Operation.TRUNCATE ? before : state.table(id);
        return operation == null || known == null
                ? Optional.empty()
                : marker(operation, table, known, record, state, captureTimeMicros);
    }

    /** Leaves out a row that has no key. The inspection of a source refuses such tables; this one came later. */
    void refuse(SourceRecord record, SourceMetrics metrics) {
        metrics.refused();
        var table = RecordUtils.getTableId(record);
        if (refused.add(table)) {
            LOG.error(
                    "source {}: {} has no primary key, so its rows can't be told apart; they are left out. Add one and"
                            + " copy the table, or exclude it",
                    source,
                    table);
        }
    }

    private Operation operation(TableId table, String verb) {
        var gone =
                switch (verb) {
                    case "TRUNCATE" -> policy.onTruncate();
                    case "DROP" -> policy.onDropTable();
                    default -> null;
                };
        if (gone == null) {
            return Operation.SCHEMA;
        }
        var isIgnored = gone == OnTableGone.Rows.IGNORE;
        LOG.warn(
                "source {}: {} {}; its rows are {} at the targets",
                source,
                table,
                verb.equals("DROP") ? "was dropped or renamed" : "was truncated",
                isIgnored ? "left as they are" : "deleted");
        return isIgnored ? null : Operation.TRUNCATE;
    }

    private Optional<ChangeEvent> marker(
            Operation operation,
            TableId table,
            Table known,
            SourceRecord record,
            ChangeSplitState state,
            long captureTimeMicros) {
        if (schema == null) {
            schema = schemas.get();
        }
        schema.refresh(known);
        var connect = schema.schemaFor(known.id());
        if (connect.keySchema() == null) {
            // Its rows say so, and are refused.
            return Optional.empty();
        }
        return Optional.of(ChangeEvent.marker(
                source,
                table,
                operation,
                converter.schema(table, connect.valueSchema(), connect.keySchema()),
                // The record tells when it was read; what came before it, when it can have happened at the earliest.
                Math.max(converter.committedMillis() * 1000, state.split().startTimeMicros()),
                converter.position(record.sourceOffset()),
                captureTimeMicros));
    }

    /** Returns the first word of the record's statement. */
    static String verb(SourceRecord record) throws IOException {
        var statement = statement(record).strip();
        return statement.startsWith(DdlRewriter.FORGET)
                ? FORGET
                : statement.split("\\s", 2)[0].toUpperCase(Locale.ROOT);
    }

    static String statement(SourceRecord record) throws IOException {
        var statement = RecordUtils.getHistoryRecord(record).document().getString(HistoryRecord.Fields.DDL_STATEMENTS);
        return statement == null ? "" : statement;
    }
}
