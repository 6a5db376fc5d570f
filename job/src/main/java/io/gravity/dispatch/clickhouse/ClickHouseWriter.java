package io.gravity.dispatch.clickhouse;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.ClientConfigProperties;
import com.clickhouse.client.api.ClientFaultCause;
import com.clickhouse.client.api.insert.InsertSettings;
import com.clickhouse.client.api.query.GenericRecord;
import com.clickhouse.data.ClickHouseFormat;
import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.TargetErrors;
import io.gravity.dispatch.TargetNames;
import io.gravity.dispatch.TargetWriter;
import io.gravity.dispatch.TargetWriters;
import io.gravity.dispatch.UnfitRule;
import io.gravity.dispatch.UnfitValueException;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.flink.metrics.MetricGroup;

/**
 * Writes batches to one ClickHouse server, one insert per table and set of columns.
 *
 * <p>A table is created at its first row unless it exists; one that exists is compared once, and what does not fit is
 * reported with all differences. Read the current rows with
 *
 * <pre>{@code
 * SELECT * FROM shop.orders FINAL
 * }</pre>
 *
 * <p>which shows the newest version of each row and hides the deleted ones, or create a view of that. Without
 * {@code FINAL} older versions and deletes show until ClickHouse has merged them away.
 *
 * <p>Thread-safe. A server that does not answer is noticed within 10 s while connecting and 60 s while writing; both
 * can be set by the client's own names among the target's settings ({@code connection_timeout},
 * {@code socket_timeout}, in milliseconds). Other settings go to the server with each insert.
 */
public final class ClickHouseWriter implements TargetWriter {
    private static final Set<String> CLIENT_SETTINGS = Arrays.stream(ClientConfigProperties.values())
            .map(ClientConfigProperties::getKey)
            .collect(Collectors.toUnmodifiableSet());

    /** Columns change rarely; beyond that many the tables are looked at anew. */
    private static final int MAX_KNOWN_TABLES = 10_000;

    private static final long CLOSE_MILLIS = 4_000;

    /** What opens a writer of a target. */
    private record Writers(TargetConfig.ClickHouse config) implements TargetWriters {
        private static final long serialVersionUID = 1L;

        @Override
        public TargetWriter open() {
            return new ClickHouseWriter(config, UnfitRule.of(config));
        }

        @Override
        public TargetWriter open(MetricGroup metrics) {
            return new ClickHouseWriter(config, UnfitRule.of(config, metrics));
        }
    }

    private record TableVersion(TableId table, TableSchema schema) {}

    private final String name;
    private final UnfitRule unfit;
    private final TargetNames names;
    private final Client client;
    private final ConcurrentHashMap<TableVersion, TargetTable> tables = new ConcurrentHashMap<>();

    private ClickHouseWriter(TargetConfig.ClickHouse config, UnfitRule unfit) {
        this.name = config.name();
        this.unfit = unfit;
        this.names = new TargetNames(config.name(), config.database(), config.mappings());
        this.client = client(config);
    }

    /** Returns what opens a writer of this target. */
    public static TargetWriters of(TargetConfig.ClickHouse config) {
        return new Writers(config);
    }

    static Client client(TargetConfig.ClickHouse config) {
        var scheme = config.host().contains("://") ? "" : "http://";
        var builder = new Client.Builder()
                .addEndpoint(scheme + config.host() + ":" + config.port())
                .setUsername(config.username())
                .setPassword(config.password() == null ? "" : config.password().reveal())
                .setClientName("gravity")
                .compressClientRequest(true)
                .useServerTimeZone(false)
                .useTimeZone("UTC")
                .setMaxConnections(Math.max(1, config.delivery().maxInFlight()))
                // A kept connection that the server has closed; what else fails is the dispatcher's to retry.
                .retryOnFailures(ClientFaultCause.NoHttpResponse)
                .setConnectTimeout(10_000)
                .setSocketTimeout(60_000)
                // The rows must be stored when the answer comes; newer servers would collect them first.
                .serverSetting("async_insert", "0");
        config.settings().forEach((key, value) -> {
            if (CLIENT_SETTINGS.contains(key)) {
                builder.setOption(key, value);
            } else {
                builder.serverSetting(key, value);
            }
        });
        return builder.build();
    }

    @Override
    public void write(List<ChangeEvent> batch) throws InterruptedException {
        for (var part : Part.of(batch, names::of)) {
            var version = new TableVersion(part.table(), part.schema());
            var table = table(version);
            var body = encoded(table, part);
            try {
                insert(table, part, body);
            } catch (GravityException e) {
                if (ClickHouseErrors.changesTable(e)) {
                    tables.remove(version, table);
                }
                throw e;
            }
        }
    }

    @Override
    public void check() {
        try {
            client.queryAll("SELECT 1");
        } catch (RuntimeException e) {
            throw ClickHouseErrors.triaged(e, name, "asking the server whether it is there", List.of());
        }
    }

    private RowBuffer encoded(TargetTable table, Part part) {
        var body = table.body(part.rows().size());
        for (var event : part.rows()) {
            try {
                table.write(body, event, unfit);
            } catch (UnfitValueException e) {
                throw new GravityException(
                        e.code(),
                        "target " + name + ": " + part.table() + " (key " + TargetErrors.key(event) + ") "
                                + e.getMessage()
                                + ". Mend the value by a rule, choose another one by unfit-values, or leave the column out.",
                        e);
            }
        }
        return body;
    }

    private void insert(TargetTable table, Part part, RowBuffer body) throws InterruptedException {
        try (var response = client.insert(
                        TargetTable.quoted(part.table()),
                        table.columnNames().stream().map(TargetTable::quoted).toList(),
                        body::writeTo,
                        ClickHouseFormat.RowBinaryWithNamesAndTypes,
                        new InsertSettings())
                .get()) {
            assert response != null;
        } catch (ExecutionException e) {
            throw ClickHouseErrors.triaged(e.getCause(), name, "insert into " + part.table(), part.rows());
        } catch (RuntimeException e) {
            throw ClickHouseErrors.triaged(e, name, "insert into " + part.table(), part.rows());
        }
    }

    private TargetTable table(TableVersion version) throws InterruptedException {
        var known = tables.get(version);
        if (known != null) {
            return known;
        }
        try {
            var table = matched(version);
            if (tables.size() >= MAX_KNOWN_TABLES) {
                tables.clear();
            }
            tables.put(version, table);
            return table;
        } catch (ExecutionException e) {
            throw ClickHouseErrors.triaged(e.getCause(), name, "look at " + version.table(), List.of());
        } catch (GravityException e) {
            throw e;
        } catch (RuntimeException e) {
            throw ClickHouseErrors.triaged(e, name, "look at " + version.table(), List.of());
        }
    }

    private TargetTable matched(TableVersion version) throws ExecutionException, InterruptedException {
        var table = version.table();
        var existing = existing(table);
        if (existing == null) {
            execute("CREATE DATABASE IF NOT EXISTS " + TargetTable.quoted(table.database()));
            execute(TargetTable.createStatement(table, version.schema()));
            existing = existing(table);
        }
        if (existing == null) {
            throw new GravityException(
                    ErrorCode.TARGET_BUSY,
                    "target " + name + ": " + table
                            + " is not there after it was created. Is it dropped at the moment, "
                            + "or hidden from the target's user (GRANT SHOW ON ...)? Writing is retried.");
        }
        var differences = new ArrayList<String>();
        var matched = TargetTable.matched(table, version.schema(), existing, differences);
        if (matched == null) {
            throw new GravityException(
                    ErrorCode.TARGET_MISCONFIGURED,
                    "target " + name + ": table " + table + " does not fit its rows in " + differences.size()
                            + (differences.size() == 1 ? " place:" : " places:")
                            + differences.stream().map(text -> "\n  " + text).collect(Collectors.joining()));
        }
        return matched;
    }

    /** Returns what the server says of the table; {@code null} if there is none. */
    private TargetTable.Existing existing(TableId table) {
        var where = "database = " + TargetTable.literal(table.database());
        var found = client.queryAll("SELECT engine, sorting_key FROM system.tables WHERE " + where + " AND name = "
                + TargetTable.literal(table.name()));
        if (found.isEmpty()) {
            return null;
        }
        var columns = new LinkedHashMap<String, String>();
        for (GenericRecord column : client.queryAll("SELECT name, type FROM system.columns WHERE " + where
                + " AND table = " + TargetTable.literal(table.name())
                + " AND default_kind NOT IN ('ALIAS', 'MATERIALIZED')")) {
            columns.put(column.getString("name"), column.getString("type"));
        }
        return new TargetTable.Existing(
                found.get(0).getString("engine"), found.get(0).getString("sorting_key"), columns);
    }

    private void execute(String statement) throws ExecutionException, InterruptedException {
        var response = client.execute(statement).get();
        try {
            response.close();
        } catch (Exception e) {
            throw new ExecutionException(e);
        }
    }

    /** Closes the client; requests that hang are left to their time limits. */
    @Override
    public void close() {
        var closing = new Thread(client::close, "close-target-" + name);
        closing.setDaemon(true);
        closing.start();
        try {
            closing.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
