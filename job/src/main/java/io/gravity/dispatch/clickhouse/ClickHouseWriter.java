package io.gravity.dispatch.clickhouse;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.ClientConfigProperties;
import com.clickhouse.client.api.ClientFaultCause;
import com.clickhouse.client.api.insert.InsertSettings;
import com.clickhouse.data.ClickHouseFormat;
import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.TargetErrors;
import io.gravity.dispatch.TargetNames;
import io.gravity.dispatch.TargetWriter;
import io.gravity.dispatch.TargetWriters;
import io.gravity.dispatch.UnfitRule;
import io.gravity.dispatch.UnfitValueException;
import io.gravity.dispatch.schema.Known;
import io.gravity.dispatch.schema.SchemaReport;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Operation;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;

/**
 * Writes batches to one ClickHouse server, one insert per table and set of columns.
 *
 * <p>A table is looked at at its first row, and whenever rows come with other columns; what it lacks is made if the
 * target's policy says so ({@code ClickHouseTables}). Read the current rows with
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

    private record TableVersion(TableId table, TableSchema schema) {}

    private final String name;
    private final UnfitRule unfit;
    private final TargetNames names;
    private final Client client;
    private final ClickHouseTables schemas;
    private final ConcurrentHashMap<TableVersion, Known<TargetTable>> tables = new ConcurrentHashMap<>();

    private ClickHouseWriter(TargetConfig.ClickHouse config, MetricGroup metrics) {
        this.name = config.name();
        this.unfit = UnfitRule.of(config, metrics);
        this.names = new TargetNames(config.name(), config.database(), config.mappings());
        this.client = client(config);
        this.schemas = new ClickHouseTables(config, client, new SchemaReport(metrics));
    }

    /** What opens a writer of a target. */
    private record Writers(TargetConfig.ClickHouse config) implements TargetWriters {
        private static final long serialVersionUID = 1L;

        @Override
        public TargetWriter open() {
            return open(new UnregisteredMetricsGroup());
        }

        @Override
        public TargetWriter open(MetricGroup metrics) {
            return new ClickHouseWriter(config, metrics);
        }
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
        var rows = batch;
        for (var event : batch) {
            if (event.isMarker()) {
                rows = batch.stream().filter(change -> !change.isMarker()).toList();
                follow(event);
            }
        }
        for (var part : Part.of(rows, names::of)) {
            write(part);
        }
    }

    /** A table that has been altered since it was looked at is looked at again, once. */
    private void write(Part part) throws InterruptedException {
        var version = new TableVersion(part.table(), part.schema());
        try {
            insert(table(version, part.rows()), part);
        } catch (GravityException e) {
            if (!ClickHouseErrors.changesTable(e)) {
                throw e;
            }
            tables.remove(version);
            insert(table(version, part.rows()), part);
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

    private void insert(TargetTable table, Part part) throws InterruptedException {
        var body = encoded(table, part);
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

    private TargetTable table(TableVersion version, List<ChangeEvent> changes) throws InterruptedException {
        var known = tables.get(version);
        if (known != null && known.covers(changes)) {
            return known.layout();
        }
        var settled = settled(version, changes);
        if (tables.size() >= MAX_KNOWN_TABLES) {
            tables.clear();
        }
        tables.put(version, known == null ? settled : settled.with(known));
        return settled.layout();
    }

    private Known<TargetTable> settled(TableVersion version, List<ChangeEvent> changes) throws InterruptedException {
        return schemas.settle(
                new ClickHouseTables.Request(changes.get(0).target(), version.table(), version.schema(), changes));
    }

    /** Brings a table up to date for rows that may come, or not. */
    private void follow(ChangeEvent marker) throws InterruptedException {
        if (marker.operation() == Operation.SCHEMA) {
            var version = new TableVersion(names.of(marker.target()), marker.schema());
            tables.put(version, settled(version, List.of(marker)));
        }
    }

    @Override
    public boolean followsTables() {
        return true;
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
