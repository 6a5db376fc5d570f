package io.gravity.source;

import io.debezium.connector.mysql.MySqlConnection;
import io.debezium.connector.mysql.MySqlPartition;
import io.debezium.relational.TableId;
import io.debezium.relational.history.TableChanges.TableChange;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.SourcePosition;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.cdc.connectors.mysql.debezium.DebeziumUtils;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;
import org.apache.flink.cdc.connectors.mysql.source.offset.BinlogOffset;
import org.apache.flink.cdc.connectors.mysql.source.utils.TableDiscoveryUtils;

/** What is asked of a server before its first row is read. */
final class SourceInspection {
    /**
     * A transaction shows in the binlog a moment before it shows to readers. Chunks are read after this pause, so that
     * all that lies before the recorded position is visible to them.
     */
    private static final long VISIBILITY_PAUSE_SECONDS = 1;

    private SourceInspection() {}

    /** Where reading begins and what there is to read. */
    record Beginning(
            BinlogOffset offset, long timeMicros, Map<TableId, TableChange> schemas, boolean tableIdCaseSensitive) {}

    /** Checks the server, all problems at once, then records where its binlog stands. */
    static Beginning begin(SourceConfig source, MySqlSourceConfig connector) throws Exception {
        try (MySqlConnection jdbc = DebeziumUtils.createMySqlConnection(connector)) {
            jdbc.connect();
            var problems = new ArrayList<String>();
            expect(jdbc, "log_bin", List.of("ON", "1"), "log_bin=ON in the server's configuration", problems);
            expect(jdbc, "binlog_format", List.of("ROW"), "SET GLOBAL binlog_format=ROW", problems);
            expect(jdbc, "binlog_row_image", List.of("FULL"), "SET GLOBAL binlog_row_image=FULL", problems);
            var tables = new ArrayList<>(
                    TableDiscoveryUtils.listTables(jdbc, connector.getDatabaseFilter(), connector.getTableFilter()));
            tables.removeIf(OriginRows::isTheirs);
            if (tables.isEmpty()) {
                problems.add("no table matches " + source.tables()
                        + ". Create one, correct the pattern, or GRANT SELECT to the user");
            }
            refuse(source, problems);
            var configured = ConnectorConfigs.configuredStart(source.startup());
            var offset = configured != null ? configured : DebeziumUtils.currentBinlogOffset(jdbc);
            long timeMicros = jdbc.queryAndMap("SELECT CAST(UNIX_TIMESTAMP(NOW(6)) * 1000000 AS SIGNED)", rs -> {
                rs.next();
                return rs.getLong(1);
            });
            var schemas = TableDiscoveryUtils.discoverSchemaForCapturedTables(
                    new MySqlPartition(connector.getMySqlConnectorConfig().getLogicalName()), tables, connector, jdbc);
            for (var schema : schemas.values()) {
                if (schema.getTable().primaryKeyColumnNames().isEmpty()) {
                    problems.add("table " + schema.getId() + " has no primary key, so its rows can't be told apart."
                            + " Add one, or exclude the table");
                }
            }
            problems.addAll(EventTime.problems(
                    source.timing(),
                    schemas.values().stream().map(TableChange::getTable).toList()));
            refuse(source, problems);
            jdbc.query("SELECT SLEEP(" + VISIBILITY_PAUSE_SECONDS + ")", rs -> {});
            return new Beginning(offset, timeMicros, schemas, jdbc.isTableIdCaseSensitive());
        }
    }

    private static void expect(
            MySqlConnection jdbc, String variable, List<String> expected, String remedy, List<String> problems)
            throws SQLException {
        var found = jdbc.queryAndMap(
                "SHOW GLOBAL VARIABLES LIKE '" + variable + "'", rs -> rs.next() ? rs.getString(2) : null);
        // MySQL 9 has dropped binlog_format: it knows ROW only.
        if (found != null && expected.stream().noneMatch(found::equalsIgnoreCase)) {
            problems.add(variable + " is " + found + ", expected " + expected.get(0) + ". Do: " + remedy);
        }
    }

    private static void refuse(SourceConfig source, List<String> problems) {
        if (!problems.isEmpty()) {
            throw new GravityException(
                    ErrorCode.SOURCE_UNUSABLE,
                    "source " + source.name() + " at " + source.host() + ":" + source.port() + " has " + problems.size()
                            + " problem(s):\n  " + String.join("\n  ", problems));
        }
    }

    /** Returns whether trying again is of no use: somebody has to change the server or the configuration. */
    static boolean isFinal(Throwable error) {
        for (var cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof GravityException known) {
                return known.code().category() == ErrorCode.Category.CONFIG;
            }
        }
        return false;
    }

    /** Returns the position of a recorded offset; before everything if it names no file. */
    static SourcePosition position(Map<String, String> offset) {
        var file = offset.get(BinlogOffset.BINLOG_FILENAME_OFFSET_KEY);
        return file == null || file.isEmpty()
                ? SourcePosition.NONE
                : new SourcePosition(
                        ChangeConverter.fileNumber(file),
                        Long.parseLong(offset.getOrDefault(BinlogOffset.BINLOG_POSITION_OFFSET_KEY, "0")),
                        0,
                        0);
    }
}
