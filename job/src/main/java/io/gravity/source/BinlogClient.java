package io.gravity.source;

import com.github.shyiko.mysql.binlog.BinaryLogClient;
import com.github.shyiko.mysql.binlog.event.Event;
import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.QueryEventData;
import com.github.shyiko.mysql.binlog.event.TableMapEventData;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDeserializer;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDeserializer.EventDataWrapper;
import io.debezium.text.ParsingException;
import io.gravity.event.TableId;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;

/**
 * The connector's binlog client, between which and the connector a {@link DdlRewriter} stands. After a failure of that,
 * nothing more goes through, so that the next connection begins again with that statement.
 */
final class BinlogClient extends BinaryLogClient {
    /** What the connector passes over without a look, but counts as read. */
    private static final String NOTHING = "FLUSH PRIVILEGES";

    private volatile ServerCatalog catalog;
    private volatile DdlRewriter rewriter;
    private volatile RuntimeException failure;
    /** The connector listens more than once; what the first hearing has changed must not change the second. */
    private Event rewritten;

    private List<String> statements = List.of();

    private BinlogClient(String host, int port, String user, String password) {
        super(host, port, user, password);
    }

    static BinlogClient of(MySqlSourceConfig config) {
        var connector = config.getMySqlConnectorConfig();
        return new BinlogClient(connector.hostname(), connector.port(), connector.username(), connector.password());
    }

    /** Says what is known of tables; to be called before the first event comes. */
    void know(ServerCatalog newCatalog) {
        catalog = newCatalog;
        rewriter = new DdlRewriter(newCatalog.server(), newCatalog);
    }

    /** Says which tables are known as they are now, not as they were at the place where reading begins. */
    void guess(Set<io.debezium.relational.TableId> tables) {
        tables.forEach(id -> catalog.guess(new TableId(id.catalog(), id.table())));
    }

    /** Throws if a statement could not be rewritten. */
    void check() throws IOException {
        if (failure != null) {
            throw new IOException("a statement of the binlog could not be read", failure);
        }
    }

    @Override
    public void setEventDeserializer(EventDeserializer deserializer) {
        BinlogCells.install(deserializer);
        super.setEventDeserializer(deserializer);
    }

    @Override
    public void registerEventListener(EventListener listener) {
        super.registerEventListener(listener instanceof BinlogWatch ? listener : event -> pass(event, listener));
    }

    private void pass(Event event, EventListener connector) {
        if (failure != null) {
            return;
        }
        if (event.getHeader().getEventType() == EventType.TABLE_MAP) {
            check((TableMapEventData) EventDataWrapper.internal(event.getData()));
        }
        if (event.getHeader().getEventType() != EventType.QUERY) {
            if (failure == null) {
                connector.onEvent(event);
            }
            return;
        }
        QueryEventData query = (QueryEventData) EventDataWrapper.internal(event.getData());
        if (query.getSql().equals("BEGIN")) {
            connector.onEvent(event);
            return;
        }
        if (event != rewritten) {
            try {
                statements = rewriter.rewrite(query.getDatabase(), query.getSql());
            } catch (RuntimeException e) {
                failure = e;
                return;
            }
            rewritten = event;
        }
        tell(event, query, statements, connector);
    }

    /** The connector would take the first columns of a row for all of it, or fail without saying where. */
    private void check(TableMapEventData rows) {
        var table = new TableId(rows.getDatabase(), rows.getTable());
        int columns = rows.getColumnTypes().length;
        int expected = catalog.misfit(table, columns);
        if (expected >= 0) {
            failure = new ParsingException(
                    null,
                    "rows of " + table + " have " + columns + " columns, and not the " + expected
                            + " that it has by the statements before them");
        }
    }

    private static void tell(Event event, QueryEventData query, List<String> statements, EventListener connector) {
        for (var statement : statements.isEmpty() ? List.of(NOTHING) : statements) {
            var copy = new QueryEventData();
            copy.setDatabase(query.getDatabase());
            copy.setThreadId(query.getThreadId());
            copy.setExecutionTime(query.getExecutionTime());
            copy.setErrorCode(query.getErrorCode());
            copy.setSql(statement);
            connector.onEvent(new Event(event.getHeader(), copy));
        }
    }
}
