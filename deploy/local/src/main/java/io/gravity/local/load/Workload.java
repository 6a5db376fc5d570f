package io.gravity.local.load;

import io.gravity.local.server.DatabaseServer;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Fills the example's three source databases and drives changes through them, one thread and one connection per
 * source. A source may be killed and restarted meanwhile.
 *
 * <pre>{@code
 * try (var load = Workload.of(Map.of("user-master", users, "order-db", orders), WorkloadOptions.ofRate(2_000))) {
 *     load.preload(50_000);
 *     load.start();
 *     ...
 *     load.stop();
 *     long changes = load.changes();
 * }
 * }</pre>
 */
public final class Workload implements AutoCloseable {
    public static final String USER_MASTER = "user-master";
    public static final String ORDER_DB = "order-db";
    public static final String LOG_DB = "log-db";

    /** Names of all sources a load exists for. */
    public static final List<String> SOURCES = List.of(USER_MASTER, ORDER_DB, LOG_DB);

    /** Keys from here on are never used by the load; for rows of probes. */
    public static final long RESERVED_KEYS = TableLoad.RESERVED;

    private final List<SourceLoad> sources;
    private final WorkloadOptions options;
    private CountDownLatch stop = new CountDownLatch(0);
    private final List<Thread> threads = new ArrayList<>();

    /** Prepares the load of these sources; the tables of {@code sql/source} must exist. */
    public static Workload of(Map<String, DatabaseServer> servers, WorkloadOptions options) {
        return new Workload(servers, options, Clock.systemUTC());
    }

    private Workload(Map<String, DatabaseServer> servers, WorkloadOptions options, Clock clock) {
        this.options = options;
        this.sources = new TreeMap<>(servers)
                .entrySet().stream()
                        .map(server -> new SourceLoad(model(server.getKey(), options, clock), server.getValue()))
                        .toList();
    }

    static SourceModel model(String source, WorkloadOptions options, Clock clock) {
        List<TableShape> shapes =
                switch (source) {
                    case USER_MASTER -> List.of(new Users(), new UserProfiles());
                    case ORDER_DB -> List.of(new Orders(), new OrderItems());
                    case LOG_DB -> List.of(new AccessLogs());
                    default ->
                        throw new IllegalArgumentException(
                                "expected a source of " + SOURCES + ", found \"" + source + "\"");
                };
        return SourceModel.of(source, shapes, options, clock);
    }

    /** Inserts so many rows, in equal parts into all tables, and returns when they are committed. */
    public void preload(long rows) throws SQLException, InterruptedException {
        long tables =
                sources.stream().mapToLong(source -> source.committed().size()).sum();
        long perTable = (rows + tables - 1) / tables;
        var pool = Executors.newFixedThreadPool(sources.size());
        try {
            var pending = new ArrayList<Future<?>>();
            for (var source : sources) {
                pending.add(pool.submit(() -> {
                    source.preload(perTable);
                    return null;
                }));
            }
            for (var one : pending) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof SQLException cause ? cause : new SQLException(e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }

    /** Starts the traffic in the background; again, if it was stopped. */
    public void start() {
        stop = new CountDownLatch(1);
        var until = stop;
        var busy = sources.stream()
                .filter(source -> !options.idle().contains(source.source()))
                .toList();
        for (var source : busy) {
            var thread = new Thread(
                    () -> source.drive((double) options.rate() / busy.size(), until), "load-" + source.source());
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
    }

    /** Ends the traffic; returns when the last transaction is over. */
    public void stop() throws InterruptedException {
        stop.countDown();
        for (var thread : threads) {
            thread.join();
        }
        threads.clear();
    }

    /** Changes of rows whose commit was confirmed since {@link #start}. */
    public long changes() {
        return changesByTable().values().stream().mapToLong(Long::longValue).sum();
    }

    /** The same per {@code database.table}. */
    public Map<String, Long> changesByTable() {
        var changes = new TreeMap<String, Long>();
        sources.forEach(source -> source.committed().forEach((table, count) -> changes.put(table, count.sum())));
        return changes;
    }

    /** How often a connection was lost or refused. */
    public long reconnects() {
        return sources.stream().mapToLong(SourceLoad::reconnects).sum();
    }

    /** As {@link #stop}. */
    @Override
    public void close() throws InterruptedException {
        stop();
    }
}
