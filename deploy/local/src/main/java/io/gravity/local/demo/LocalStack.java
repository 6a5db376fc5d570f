package io.gravity.local.demo;

import io.gravity.local.load.Workload;
import io.gravity.local.server.ClickHouseServer;
import io.gravity.local.server.DatabaseOptions;
import io.gravity.local.server.DatabaseServer;
import io.gravity.local.server.DatabaseServers;
import io.gravity.local.server.KafkaBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * The servers that {@code conf/demo.yaml} speaks of, each a process of its own: three source databases, a target
 * database, Kafka, ClickHouse.
 *
 * @param sources by name
 */
public record LocalStack(
        Map<String, DatabaseServer> sources, DatabaseServer warehouse, KafkaBroker kafka, ClickHouseServer clickHouse)
        implements AutoCloseable {

    /**
     * Starts all servers.
     *
     * @param folder receives their data and logs
     * @param progress receives a line for each server that is up
     */
    public static LocalStack start(Path folder, Consumer<String> progress) throws InterruptedException {
        var started = new Starter(progress);
        try {
            var kafka = started.add("target Kafka", () -> KafkaBroker.start(folder.resolve("kafka")));
            var clickHouse =
                    started.add("target ClickHouse", () -> ClickHouseServer.start(folder.resolve("clickhouse")));
            // One after the other: at its first start each removes the temporary files that it finds in /tmp.
            var servers = new LinkedHashMap<String, DatabaseServer>();
            for (String source : Workload.SOURCES) {
                var server = started.add("source " + source, () -> database(source, folder));
                servers.put(source, server.get());
            }
            var warehouse = started.add("target warehouse", () -> database("warehouse", folder));
            return new LocalStack(servers, warehouse.get(), kafka.get(), clickHouse.get());
        } catch (ExecutionException e) {
            started.closeAll();
            throw new IllegalStateException("the servers are not up", e.getCause());
        } catch (InterruptedException e) {
            started.closeAll();
            throw e;
        } finally {
            started.shutdown();
        }
    }

    private static DatabaseServer database(String name, Path folder) throws IOException {
        Path home = folder.resolve(name);
        Path temporary = Files.createDirectories(home.resolve("tmp").toAbsolutePath());
        return DatabaseServers.start(name, home, DatabaseOptions.none().with("tmpdir", temporary.toString()));
    }

    /** Creates the tables of sources and warehouse from the scripts in {@code sql}. */
    public void createTables(Path home) throws IOException, SQLException {
        for (var source : sources.entrySet()) {
            SqlScript.run(source.getValue(), home.resolve("sql/source/" + source.getKey() + ".sql"));
        }
        SqlScript.run(warehouse, home.resolve("sql/target/warehouse.sql"));
    }

    /** The environment variables that {@code conf/demo.yaml} refers to. */
    public Map<String, String> environment() {
        return Map.of(
                "GRAVITY_DEMO_USER_MASTER_PORT", port(sources.get(Workload.USER_MASTER)),
                "GRAVITY_DEMO_ORDER_DB_PORT", port(sources.get(Workload.ORDER_DB)),
                "GRAVITY_DEMO_LOG_DB_PORT", port(sources.get(Workload.LOG_DB)),
                "GRAVITY_DEMO_WAREHOUSE_PORT", port(warehouse),
                "GRAVITY_DEMO_KAFKA", kafka.bootstrapServers(),
                "GRAVITY_DEMO_CLICKHOUSE_PORT", Integer.toString(clickHouse.port()),
                "GRAVITY_DEMO_PASSWORD", warehouse.password());
    }

    @Override
    public void close() {
        sources.values().forEach(DatabaseServer::close);
        warehouse.close();
        kafka.close();
        clickHouse.close();
    }

    private static String port(DatabaseServer server) {
        return Integer.toString(server.port());
    }

    /** Starts servers in threads, and knows which to close if one does not come up. */
    private static final class Starter {
        private final ExecutorService pool = Executors.newCachedThreadPool();
        private final List<Future<? extends AutoCloseable>> starting = new ArrayList<>();
        private final Consumer<String> progress;

        Starter(Consumer<String> progress) {
            this.progress = progress;
        }

        <T extends AutoCloseable> Future<T> add(String name, Callable<T> start) {
            var future = pool.submit(() -> {
                T server = start.call();
                progress.accept(name + " is up");
                return server;
            });
            starting.add(future);
            return future;
        }

        void closeAll() {
            for (var one : starting) {
                try {
                    one.get().close();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (Exception e) {
                    progress.accept("not up: " + e.getMessage());
                }
            }
        }

        void shutdown() {
            pool.shutdownNow();
        }
    }
}
