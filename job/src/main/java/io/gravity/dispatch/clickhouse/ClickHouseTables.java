package io.gravity.dispatch.clickhouse;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.query.GenericRecord;
import io.gravity.dispatch.TableStoppedException;
import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.schema.Evolution;
import io.gravity.dispatch.schema.History;
import io.gravity.dispatch.schema.Known;
import io.gravity.dispatch.schema.Placement;
import io.gravity.dispatch.schema.SchemaPolicy;
import io.gravity.dispatch.schema.SchemaPolicy.Change;
import io.gravity.dispatch.schema.SchemaPolicy.Mode;
import io.gravity.dispatch.schema.SchemaReport;
import io.gravity.dispatch.schema.Step;
import io.gravity.dispatch.schema.TargetColumn;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.types.StageRecords;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a target's tables as the rows need them that are about to be written, and says how rows of a schema go into
 * them. Several may do so at once for the same table: what another one has done already counts as done. Thread-safe.
 */
final class ClickHouseTables {
    private static final Logger LOG = LoggerFactory.getLogger(ClickHouseTables.class);
    /** Each look makes a step; it takes no more of them than a table has columns. */
    private static final int MAX_LOOKS = 1000;

    private static final int MAX_REFUSED = 1000;

    private final String name;
    private final SchemaPolicy policy;
    private final SchemaReport report;
    private final Client client;
    private final ClickHouseHistory histories;
    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private volatile boolean isHistoryThere;

    /** Rows of one schema of one table. */
    record Request(TableId target, TableId table, TableSchema schema, List<ChangeEvent> changes) {}

    ClickHouseTables(TargetConfig.ClickHouse config, Client client, SchemaReport report) {
        this.name = config.name();
        this.policy = config.schema();
        this.report = report;
        this.client = client;
        this.histories = new ClickHouseHistory(config.database());
    }

    /**
     * Brings the table up to date for these changes, and returns how the rows are written.
     *
     * @throws TableStoppedException if the table is not as they need it, and it is not for the target's policy to change it
     */
    Known<TargetTable> settle(Request request) throws InterruptedException {
        try {
            for (int look = 0; look < MAX_LOOKS; look++) {
                var settled = look(request);
                if (settled != null) {
                    return settled;
                }
            }
        } catch (ExecutionException e) {
            throw ClickHouseErrors.triaged(e.getCause(), name, "look at " + request.table(), List.of());
        } catch (GravityException e) {
            throw e;
        } catch (RuntimeException e) {
            throw ClickHouseErrors.triaged(e, name, "look at " + request.table(), List.of());
        }
        throw new GravityException(
                ErrorCode.TARGET_BUSY,
                "target " + name + ": " + request.table()
                        + " changes all the time, or is not there after it was created. Is it dropped at the moment, "
                        + "or hidden from the target's user (GRANT SHOW ON ...)? Writing is retried.");
    }

    private SchemaPolicy policy(Request request) {
        return StageRecords.areRecords(request.schema()) ? SchemaPolicy.of(Mode.EXCEPTION) : policy;
    }

    private Known<TargetTable> look(Request request) throws ExecutionException, InterruptedException {
        var policy = policy(request);
        // Others write down what they know before they change the table. So what is read after it tells of all that it
        // shows; the other way round a column renamed in between would seem to be missing.
        var existing = existing(request.table());
        var history = policy.remembers() ? history(request) : null;
        if (existing == null) {
            create(request, history);
            if (existing(request.table()) == null) {
                throw new GravityException(
                        ErrorCode.TARGET_BUSY,
                        "target " + name + ": " + request.table()
                                + " is not there after it was created. Is it dropped at the moment, "
                                + "or hidden from the target's user (GRANT SHOW ON ...)? Writing is retried.");
            }
            return null;
        }
        var columns = columns(existing);
        var evolution = history == null
                ? Evolution.of(policy, ClickHouseDialect.INSTANCE, columns, request.schema())
                : Evolution.of(policy, ClickHouseDialect.INSTANCE, columns, history, request.schema());
        if (make(request, evolution)) {
            return null;
        }
        var matched = matched(request, existing, columns, evolution, history);
        return history == null
                ? Known.always(matched)
                : Known.of(matched, request.schema(), request.changes(), history);
    }

    private TargetTable matched(
            Request request,
            TargetTable.Existing existing,
            List<TargetColumn<String>> columns,
            Evolution<String> evolution,
            History history) {
        var differences = new ArrayList<String>();
        var policy = policy(request);
        var placement = policy.mode() == Mode.EXCEPTION
                ? Placement.all(request.schema())
                : Placement.of(ClickHouseDialect.INSTANCE, columns, request.schema(), history);
        if (placement == null) {
            // Says so of each column of the key.
            placement = Placement.all(request.schema());
        }
        if (policy.mode() == Mode.LENIENT || policy.mode() == Mode.EVOLVE) {
            differences.addAll(evolution.differences());
        }
        var matched = TargetTable.matched(request.table(), placement, existing, differences);
        if (matched == null) {
            throw stopped(request, differences, null);
        }
        if (!placement.missing().isEmpty()) {
            LOG.warn(
                    "target {}: table {} has no column {}; rows come without",
                    name,
                    request.table(),
                    placement.missing().stream().map(Column::name).collect(Collectors.joining(", ")));
        }
        return matched;
    }

    private static List<TargetColumn<String>> columns(TargetTable.Existing existing) {
        var columns = new ArrayList<TargetColumn<String>>();
        existing.columns().forEach((column, type) -> {
            if (!column.equals(TargetTable.VERSION) && !column.equals(TargetTable.DELETED)) {
                columns.add(new TargetColumn<>(
                        column,
                        ColumnMapping.inner(type),
                        ColumnMapping.isNullable(type),
                        existing.sorts(column),
                        true));
            }
        });
        return columns;
    }

    private History history(Request request) throws ExecutionException, InterruptedException {
        try {
            if (!isHistoryThere) {
                for (var statement : histories.ddl()) {
                    execute(statement);
                }
                isHistoryThere = true;
            }
            var history = histories.read(client, request.table());
            for (var change : History.latest(request.changes())) {
                var version = history.begunBy(change);
                if (version != null) {
                    execute(histories.insert(request.table(), version));
                    history = histories.read(client, request.table());
                }
            }
            return history;
        } catch (ExecutionException | RuntimeException e) {
            var error = e instanceof ExecutionException ? e.getCause() : e;
            if (ClickHouseErrors.answer(error).code().category() == ErrorCode.Category.TARGET_RETRYABLE) {
                throw e;
            }
            throw new GravityException(
                    ErrorCode.TARGET_MISCONFIGURED,
                    "target " + name + ": schema-change mode " + mode() + " needs the table gravity_schema, which can't"
                            + " be used: " + error.getMessage() + ". Let the target's user create, read and write it ("
                            + String.join("; ", histories.ddl()) + "), or choose mode lenient.",
                    error);
        }
    }

    private void create(Request request, History history) throws ExecutionException, InterruptedException {
        if (!policy(request).makes(Change.CREATE_TABLE)) {
            throw stopped(
                    request,
                    List.of("it is missing, and create.table is not among the changes made here:"
                            + " create it (CREATE TABLE ...) with the columns of its source"),
                    null);
        }
        var differences = new ArrayList<String>();
        var schemas = history == null ? List.of(request.schema()) : history.newest();
        var added = Evolution.created(ClickHouseDialect.INSTANCE, schemas, differences);
        if (!differences.isEmpty()) {
            throw stopped(request, differences, null);
        }
        var statement = ClickHouseDdl.create(request.table(), added, schemas.get(0));
        LOG.info("target {}: table {} is missing, it is created: {}", name, request.table(), statement);
        execute("CREATE DATABASE IF NOT EXISTS "
                + TargetTable.quoted(request.table().database()));
        execute(statement);
        report.made(Change.CREATE_TABLE);
    }

    /** Makes the first step that can be made, and returns whether there was one, so that the table is another now. */
    private boolean make(Request request, Evolution<String> evolution) throws InterruptedException {
        for (var step : evolution.steps()) {
            var statement = ClickHouseDdl.of(request.table(), step);
            if (refused.contains(statement)) {
                continue;
            }
            LOG.info("target {}: {} ({})", name, statement, step.reason());
            try {
                execute(statement);
                report.made(step.change());
                return true;
            } catch (ExecutionException | RuntimeException e) {
                var error = e instanceof ExecutionException ? e.getCause() : e;
                if (ClickHouseErrors.isDone(error)) {
                    return true;
                }
                refuse(request, step, statement, error);
            }
        }
        return false;
    }

    private void refuse(Request request, Step<String> step, String statement, Throwable error) {
        report.refused();
        var answer = ClickHouseErrors.answer(error);
        if (answer.code().category() == ErrorCode.Category.TARGET_RETRYABLE && !ClickHouseErrors.changesTable(error)) {
            throw ClickHouseErrors.triaged(error, name, statement, List.of());
        }
        var difference = statement + " failed: " + error.getMessage()
                + "; do by hand what it can't, or grant the target's user ALTER";
        if (policy.mode() != Mode.TRY_EVOLVE) {
            throw stopped(request, List.of(difference), error);
        }
        LOG.warn("target {}: goes on without {} of {}: {}", name, step.change().label(), request.table(), difference);
        if (refused.size() < MAX_REFUSED) {
            refused.add(statement);
        }
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

    private String mode() {
        return policy.mode().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    private TableStoppedException stopped(Request request, List<String> differences, Throwable cause) {
        return new TableStoppedException(
                request.target(),
                "target " + name + ": table " + request.table() + " does not fit its rows in " + differences.size()
                        + (differences.size() == 1 ? " place:" : " places:")
                        + differences.stream().map(text -> "\n  " + text).collect(Collectors.joining())
                        + "\n  Change the table, or the target's schema-change (mode " + mode()
                        + "); its rows wait, and are tried again.",
                cause);
    }
}
