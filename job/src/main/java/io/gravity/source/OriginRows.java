package io.gravity.source;

import io.debezium.relational.Column;
import io.debezium.relational.Table;
import io.debezium.relational.TableId;
import io.debezium.relational.history.TableChanges.TableChange;
import io.debezium.relational.history.TableChanges.TableChangeType;
import io.gravity.types.OriginTable;
import java.sql.Types;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlBinlogSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplit;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Struct;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;

/** The connector's view of the {@link OriginTable}. */
final class OriginRows {
    private static final TableId ID = new TableId(OriginTable.ID.database(), null, OriginTable.ID.name());
    private static final String TOPIC_END = "." + OriginTable.ID;

    private OriginRows() {}

    /** Returns whether a data record is a row of the table. */
    static boolean isOne(SourceRecord record) {
        return record.topic().endsWith(TOPIC_END);
    }

    static boolean isTheirs(TableId table) {
        return table.equals(ID);
    }

    /** Returns whose transaction a row of the table begins; {@code null} for a row that is removed. */
    static String origin(SourceRecord record) {
        var after = (Struct) ((Struct) record.value()).getWithoutDefault("after");
        return after == null ? null : after.getString(OriginTable.ORIGIN);
    }

    /**
     * Returns the split with the table's columns, so that the connector can read its rows whatever the user may see, and
     * from wherever reading goes on: the statement that made the table may lie before that.
     */
    static MySqlSplit readable(MySqlSplit split) {
        if (!split.isBinlogSplit() || split.getTableSchemas().containsKey(ID)) {
            return split;
        }
        Map<TableId, TableChange> schemas = new HashMap<>(split.getTableSchemas());
        schemas.put(ID, new TableChange(TableChangeType.CREATE, table()));
        var binlog = split.asBinlogSplit();
        return new MySqlBinlogSplit(
                binlog.splitId(),
                binlog.getStartingOffset(),
                binlog.getEndingOffset(),
                binlog.getFinishedSnapshotSplitInfos(),
                schemas,
                binlog.getTotalFinishedSplitSize());
    }

    private static Table table() {
        return Table.editor()
                .tableId(ID)
                .addColumns(
                        Column.editor()
                                .name(OriginTable.ORIGIN)
                                .position(1)
                                .type("VARCHAR", "VARCHAR")
                                .jdbcType(Types.VARCHAR)
                                .length(OriginTable.LONGEST_ORIGIN)
                                .charsetName("ascii")
                                .optional(false)
                                .create(),
                        number(OriginTable.SLOT, 2, "SMALLINT", Types.SMALLINT),
                        number(OriginTable.WRITES, 3, "BIGINT", Types.BIGINT))
                .setPrimaryKeyNames(OriginTable.ORIGIN, OriginTable.SLOT)
                .create();
    }

    private static Column number(String name, int position, String type, int jdbcType) {
        return Column.editor()
                .name(name)
                .position(position)
                .type(type, type)
                .jdbcType(jdbcType)
                .optional(false)
                .create();
    }
}
