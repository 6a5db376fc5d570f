package io.gravity.dispatch.clickhouse;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.query.GenericRecord;
import io.gravity.dispatch.schema.History;
import io.gravity.dispatch.schema.History.Version;
import io.gravity.dispatch.schema.VersionText;
import io.gravity.event.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The history of the target's tables, kept in its table {@code gravity_schema}: in the target's database, or in one
 * called {@code gravity} if the target writes into several. Statements that are to be executed are the caller's.
 */
final class ClickHouseHistory {
    private static final String DEFAULT_DATABASE = "gravity";

    private final TableId table;

    /** @param database {@code null} if the target writes into several */
    ClickHouseHistory(String database) {
        this.table = new TableId(database == null ? DEFAULT_DATABASE : database, "gravity_schema");
    }

    List<String> ddl() {
        return List.of(
                "CREATE DATABASE IF NOT EXISTS " + TargetTable.quoted(table.database()),
                "CREATE TABLE IF NOT EXISTS " + TargetTable.quoted(table)
                        + " (target_table String, source String, source_table String, position String,"
                        + " table_columns String) ENGINE = ReplacingMergeTree"
                        + " ORDER BY (target_table, source, source_table, position)");
    }

    History read(Client client, TableId target) {
        var versions = new ArrayList<Version>();
        for (GenericRecord row : client.queryAll("SELECT source, source_table, position, table_columns FROM "
                + TargetTable.quoted(table) + " WHERE target_table = " + TargetTable.literal(target.toString()))) {
            versions.add(VersionText.read(
                    row.getString("source"),
                    row.getString("source_table"),
                    row.getString("position"),
                    row.getString("table_columns")));
        }
        return History.of(versions);
    }

    String insert(TableId target, Version version) {
        return "INSERT INTO " + TargetTable.quoted(table)
                + " (target_table, source, source_table, position, table_columns) VALUES ("
                + Stream.of(
                                target.toString(),
                                version.feeder().source(),
                                version.feeder().table().toString(),
                                VersionText.position(version),
                                VersionText.columns(version))
                        .map(TargetTable::literal)
                        .collect(Collectors.joining(", "))
                + ")";
    }
}
