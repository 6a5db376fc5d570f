package io.gravity.source;

import io.debezium.connector.mysql.MySqlConnection;
import io.debezium.connector.mysql.MySqlConnectorConfig;
import io.debezium.connector.mysql.MySqlConnectorConfig.BigIntUnsignedHandlingMode;
import io.debezium.connector.mysql.MySqlDatabaseSchema;
import io.debezium.connector.mysql.MySqlValueConverters;
import io.debezium.connector.mysql.antlr.MySqlAntlrDdlParser;
import io.debezium.relational.Column;
import io.debezium.relational.Table;
import io.debezium.relational.Tables;
import io.gravity.event.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.flink.cdc.connectors.mysql.debezium.DebeziumUtils;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;
import org.apache.flink.util.FlinkRuntimeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the connector knows of tables at its place of the binlog, and the server now. Used by the thread that reads the
 * binlog, which may wait for the server.
 */
final class ServerCatalog implements DdlRewriter.Catalog {
    private static final Logger LOG = LoggerFactory.getLogger(ServerCatalog.class);
    private static final int LONGEST_LOGGED = 500;

    private static final String COLUMNS = """
            SELECT column_name, column_type, is_nullable, character_set_name
            FROM information_schema.columns WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position
            """;
    private static final String KEY = """
            SELECT column_name FROM information_schema.statistics
            WHERE table_schema = ? AND table_name = ? AND index_name = 'PRIMARY' ORDER BY seq_in_index
            """;

    private final String source;
    private final MySqlSourceConfig config;
    private final Supplier<MySqlDatabaseSchema> known;
    private final Declarations declarations;
    /** Tables that the connector knows by a definition that may be of a later time. */
    private final Set<TableId> guessed = new HashSet<>();

    /**
     * Creates a catalog.
     *
     * @param known the connector's own, which its statements change
     */
    ServerCatalog(
            String source, MySqlSourceConfig config, Supplier<MySqlDatabaseSchema> known, Declarations declarations) {
        this.source = source;
        this.config = config;
        this.known = known;
        this.declarations = declarations;
    }

    /** Returns the server's version; throws if it can't be asked. */
    DdlText.Server server() {
        return asked(jdbc -> DdlText.Server.of(jdbc.getMetaData().getDatabaseProductVersion()));
    }

    @Override
    public boolean isRead(TableId table) {
        return config.getTableFilter().test(idOf(table));
    }

    @Override
    public Optional<Set<String>> columns(TableId table) {
        return Optional.ofNullable(known.get().tableFor(idOf(table)))
                .map(found -> new HashSet<>(found.retrieveColumnNames()));
    }

    @Override
    public Optional<String> declaration(TableId table, String column) {
        return Optional.ofNullable(known.get().tableFor(idOf(table)))
                .map(found -> found.columnWithName(column))
                .map(ServerCatalog::declaration);
    }

    static String declaration(Column column) {
        var words = column.typeName().split(" ", 2);
        var text = new StringBuilder(words[0]);
        if (!column.enumValues().isEmpty()) {
            text.append('(').append(String.join(", ", column.enumValues())).append(')');
        } else if (column.length() != Column.UNSET_INT_VALUE) {
            text.append('(').append(column.length());
            column.scale().ifPresent(scale -> text.append(", ").append(scale));
            text.append(')');
        }
        if (words.length > 1) {
            text.append(' ').append(words[1]);
        }
        if (column.charsetName() != null) {
            text.append(" CHARACTER SET ").append(column.charsetName());
        }
        return text.append(column.isOptional() ? " NULL" : " NOT NULL").toString();
    }

    @Override
    public List<TableId> tables(String database) {
        return known.get().tableIds().stream()
                .filter(id -> database.equals(id.catalog()))
                .map(id -> new TableId(id.catalog(), id.table()))
                .toList();
    }

    @Override
    public Optional<String> definition(TableId table) {
        var definition = asked(jdbc -> definition(jdbc, table));
        guessed.add(table);
        return definition.filter(statement -> isUnderstood(table.database(), statement, table));
    }

    private static Optional<String> definition(Connection jdbc, TableId table) throws SQLException {
        var parts = new ArrayList<String>();
        try (var statement = jdbc.prepareStatement(COLUMNS)) {
            statement.setString(1, table.database());
            statement.setString(2, table.name());
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    var charset = rows.getString(4);
                    parts.add(DdlRewriter.quoted(rows.getString(1)) + " " + rows.getString(2)
                            + (charset == null ? "" : " CHARACTER SET " + charset)
                            + (rows.getString(3).equalsIgnoreCase("YES") ? " NULL" : " NOT NULL"));
                }
            }
        }
        if (parts.isEmpty()) {
            return Optional.empty();
        }
        var key = new ArrayList<String>();
        try (var statement = jdbc.prepareStatement(KEY)) {
            statement.setString(1, table.database());
            statement.setString(2, table.name());
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    key.add(DdlRewriter.quoted(rows.getString(1)));
                }
            }
        }
        if (!key.isEmpty()) {
            parts.add("PRIMARY KEY (" + String.join(", ", key) + ")");
        }
        return Optional.of("CREATE TABLE " + DdlRewriter.quoted(table) + " (" + String.join(", ", parts) + ")");
    }

    @Override
    public boolean isUnderstood(String database, String statement, TableId table) {
        var before = known.get().tableFor(idOf(table));
        var tables = new Tables();
        if (before != null && !statement.startsWith("CREATE TABLE")) {
            tables.overwriteTable(before);
        }
        try {
            var parser = new MySqlAntlrDdlParser(true, false, false, converters(), Tables.TableFilter.includeAll());
            parser.setCurrentSchema(database);
            parser.parse(statement, tables);
            return isUsable(tables.forTable(idOf(table)));
        } catch (RuntimeException e) {
            LOG.debug("source {}: the connector can't follow {}", source, statement, e);
            return false;
        }
    }

    /** Throws what the connector would throw when it hears of the table. */
    private boolean isUsable(Table after) {
        if (after == null) {
            return false;
        }
        DebeziumUtils.createMySqlDatabaseSchema(config.getMySqlConnectorConfig(), true)
                .refresh(after);
        return true;
    }

    private MySqlValueConverters converters() {
        var connector = config.getMySqlConnectorConfig();
        return new MySqlValueConverters(
                connector.getDecimalMode(),
                connector.getTemporalPrecisionMode(),
                BigIntUnsignedHandlingMode.parse(config.getDbzConfiguration()
                                .getString(MySqlConnectorConfig.BIGINT_UNSIGNED_HANDLING_MODE))
                        .asBigIntUnsignedMode(),
                connector.binaryHandlingMode());
    }

    /** Returns whether a row of so many columns can be one of the table as the connector knows it. */
    boolean fits(TableId table, int columns) {
        if (!guessed.contains(table)) {
            return true;
        }
        var now = known.get().tableFor(idOf(table));
        return now == null || now.columns().size() == columns;
    }

    @Override
    public void changes(TableId table) {
        asked(jdbc -> {
            declarations.read(jdbc, List.of(table));
            return table;
        });
    }

    @Override
    public void notUnderstood(TableId table, String statement, boolean toldDefinition) {
        var shown = statement.length() > LONGEST_LOGGED ? statement.substring(0, LONGEST_LOGGED) + " ..." : statement;
        if (toldDefinition) {
            LOG.warn(
                    "source {}: the connector can't follow this statement about {}; the table's definition of now takes"
                            + " its place, which is right unless it was changed again since: {}",
                    source,
                    table,
                    shown);
        } else {
            LOG.error(
                    "source {}: the connector can't follow this statement about {}, and the table is not there any more;"
                            + " rows behind it may hold up this source, then exclude the table: {}",
                    source,
                    table,
                    shown);
        }
    }

    @Override
    public void replaced(TableId table, TableId by) {
        LOG.warn(
                "source {}: {} was renamed to {}. Its columns are followed; where its rows are not those that {} had, as"
                        + " after an online schema change, the table has to be copied anew",
                source,
                by,
                table,
                table);
    }

    @Override
    public void keyLost(TableId table) {
        LOG.warn(
                "source {}: {} has lost its primary key; its rows are still told apart by the columns of that key, so they"
                        + " must stay unique",
                source,
                table);
    }

    private <T> T asked(Question<T> question) {
        try (MySqlConnection jdbc = DebeziumUtils.createMySqlConnection(config)) {
            return question.ask(jdbc.connection());
        } catch (SQLException e) {
            throw new FlinkRuntimeException("source " + source + ": the server could not be asked for its tables", e);
        }
    }

    @FunctionalInterface
    private interface Question<T> {
        T ask(Connection jdbc) throws SQLException;
    }

    private static io.debezium.relational.TableId idOf(TableId table) {
        return new io.debezium.relational.TableId(table.database(), null, table.name());
    }
}
