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
import io.gravity.source.DdlRewriter.CharacterSet;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
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
    /** Of tables beside those that are read; more than any tool for online changes has at once. */
    private static final int MAX_FOLLOWED = 1000;

    private static final String COLUMNS = """
            SELECT column_name, column_type, is_nullable, character_set_name
            FROM information_schema.columns WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position
            """;
    private static final String TABLE_CHARSET = """
            SELECT SUBSTRING_INDEX(table_collation, '_', 1) FROM information_schema.tables
            WHERE table_schema = ? AND table_name = ?
            """;
    private static final String DATABASE_CHARSET =
            "SELECT default_character_set_name FROM information_schema.schemata WHERE schema_name = ?";
    private static final String KEY = """
            SELECT column_name FROM information_schema.statistics
            WHERE table_schema = ? AND table_name = ? AND index_name = 'PRIMARY' ORDER BY seq_in_index
            """;

    private final String source;
    private final MySqlSourceConfig config;
    private final Supplier<MySqlDatabaseSchema> known;
    private final Declarations declarations;
    /** Tables that the connector knows by a definition from here, which may be of a later time. */
    private final Set<TableId> guessed = new HashSet<>();
    /** Of databases: as the server says when first asked, and as statements have changed it since. */
    private final Map<String, String> charsets = new HashMap<>();
    /** Tables that are not read, as far as statements since the start have told of them; the oldest come first. */
    private final Map<TableId, Table> followed = new LinkedHashMap<>();

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

    /** Says that the connector knows a table by a definition that may be of a later time. */
    void guess(TableId table) {
        guessed.add(table);
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
        return find(table).map(found -> found.retrieveColumnNames().stream()
                .map(Names::ofConnector)
                .collect(Collectors.toSet()));
    }

    private Optional<Table> find(TableId table) {
        return Optional.ofNullable(isRead(table) ? known.get().tableFor(idOf(table)) : followed.get(table));
    }

    @Override
    public Optional<String> declaration(TableId table, String column) {
        return find(table)
                .map(found -> found.columnWithName(Names.forConnector(column)))
                .map(found -> declaration(found, null));
    }

    @Override
    public Optional<String> known(TableId table, TableId as, CharacterSet charset) {
        if (isRead(as)) {
            guess(as);
        }
        return find(table).map(found -> statement(found, as, charset));
    }

    /** Returns a CREATE TABLE of a table. */
    static String statement(Table table, TableId as, CharacterSet charset) {
        var parts = new ArrayList<String>();
        for (var column : table.columns()) {
            var literal = Declarations.literal(column);
            parts.add(Names.quotedOfConnector(column.name()) + " " + declaration(column, charset)
                    + (literal == null ? "" : " DEFAULT " + literal));
        }
        if (!table.primaryKeyColumnNames().isEmpty()) {
            parts.add(table.primaryKeyColumnNames().stream()
                    .map(Names::quotedOfConnector)
                    .collect(Collectors.joining(", ", "PRIMARY KEY (", ")")));
        }
        var ofTable = charset == null ? table.defaultCharsetName() : charset.name();
        return "CREATE TABLE " + Names.quoted(as) + " (" + String.join(", ", parts) + ")"
                + (ofTable == null ? "" : " DEFAULT CHARACTER SET " + ofTable);
    }

    @Override
    public Optional<String> charset(String database) {
        if (!charsets.containsKey(database)) {
            asked(jdbc -> first(jdbc, DATABASE_CHARSET, database)).ifPresent(name -> charsets.put(database, name));
        }
        return Optional.ofNullable(charsets.get(database));
    }

    @Override
    public void charset(String database, String name) {
        charsets.put(database, name);
    }

    private static Optional<String> first(Connection jdbc, String query, String... parameters) throws SQLException {
        try (var statement = jdbc.prepareStatement(query)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (var rows = statement.executeQuery()) {
                return rows.next() ? Optional.ofNullable(rows.getString(1)) : Optional.empty();
            }
        }
    }

    @Override
    public void follow(TableId table, List<String> statements) {
        var tables = new Tables();
        var before = followed.remove(table);
        if (before != null) {
            tables.overwriteTable(before);
        }
        try {
            statements.forEach(statement -> parse(table.database(), statement, tables));
        } catch (RuntimeException e) {
            LOG.debug("source {}: {} is not followed any more", source, table, e);
            return;
        }
        var after = tables.forTable(idOf(table));
        if (after != null && !after.columns().isEmpty()) {
            followed.put(table, after);
            if (followed.size() > MAX_FOLLOWED) {
                followed.remove(followed.keySet().iterator().next());
            }
        }
    }

    private static String declaration(Column column, CharacterSet charset) {
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
            text.append(" CHARACTER SET ")
                    .append(charset != null && charset.ofAll() ? charset.name() : column.charsetName());
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
        guess(table);
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
                    parts.add(Names.quoted(rows.getString(1)) + " " + rows.getString(2)
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
                    key.add(Names.quoted(rows.getString(1)));
                }
            }
        }
        if (!key.isEmpty()) {
            parts.add("PRIMARY KEY (" + String.join(", ", key) + ")");
        }
        var charset = first(jdbc, TABLE_CHARSET, table.database(), table.name());
        return Optional.of("CREATE TABLE " + Names.quoted(table) + " (" + String.join(", ", parts) + ")"
                + charset.map(name -> " DEFAULT CHARACTER SET " + name).orElse(""));
    }

    @Override
    public boolean isUnderstood(String database, String statement, TableId table) {
        var before = known.get().tableFor(idOf(table));
        var tables = new Tables();
        if (before != null && !statement.startsWith("CREATE TABLE")) {
            tables.overwriteTable(before);
        }
        try {
            parse(database, statement, tables);
            return isUsable(tables.forTable(idOf(table)));
        } catch (RuntimeException e) {
            LOG.debug("source {}: the connector can't follow {}", source, statement, e);
            return false;
        }
    }

    private void parse(String database, String statement, Tables tables) {
        var parser = new MySqlAntlrDdlParser(true, false, false, converters(), Tables.TableFilter.includeAll());
        parser.setCurrentSchema(database);
        parser.parse(statement, tables);
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

    /**
     * Returns how many columns the table has as the connector knows it, if that can't be right for rows of so many.
     *
     * @return -1 if it can
     */
    int misfit(TableId table, int columns) {
        var now = known.get().tableFor(idOf(table));
        if (now == null) {
            return -1;
        }
        int expected = now.columns().size();
        // A table that is followed statement by statement may have columns that the connector is not told of.
        boolean isWrong = guessed.contains(table) ? columns != expected : columns < expected;
        return isWrong ? expected : -1;
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
