package io.gravity;

import io.gravity.config.ConfigException;
import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.source.Resnapshots;
import io.gravity.source.Resnapshots.Progress;
import io.gravity.source.SourceConfig;
import io.gravity.types.SourceRequests;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.operators.coordination.CoordinationRequest;

/**
 * The operator's console of copies: shows how far those of a running job are, and copies a table, or a part of it, once
 * more while the job goes on.
 *
 * <p>A row that is copied once more carries the position at which the request was taken, so it loses to any change made
 * later. A checkpoint is taken before the command ends, so that no failure forgets the request.
 */
public final class SnapshotsCommand {
    private static final String USAGE = """
            Usage: gravity resnapshot CONF --flink URL [--job ID] --table DATABASE.TABLE [--where CONDITION]
                                      [--source NAME] [--wait]
                   gravity snapshots CONF --flink URL [--job ID] [--source NAME]
            """;

    private static final long POLL_MILLIS = 500;

    private SnapshotsCommand() {}

    public static void main(String[] args) {
        CommandLine.silenceLogging();
        System.exit(run(List.of(args), System::getenv, System.out, System.err));
    }

    /**
     * Runs the command.
     *
     * @param args the first one is {@code resnapshot} or {@code snapshots}
     * @param environment returns a variable's value, or {@code null} if it is not set
     * @param out a line for each copy, columns between tabs
     * @param err everything else
     * @return the exit status: 0 if it was done, 1 if it could not be, 2 if the arguments are wrong
     */
    public static int run(List<String> args, Function<String, String> environment, PrintStream out, PrintStream err) {
        Order order;
        try {
            order = Order.of(args);
        } catch (IllegalArgumentException e) {
            err.println(e.getMessage());
            err.print(USAGE);
            return 2;
        }
        try {
            var sources = SyncConfigLoader.load(order.conf(), environment).sources();
            try (var job = RunningJob.find(order.flink(), order.job())) {
                return order.table() == null
                        ? list(order, sources, job, out, err)
                        : copy(order, sources, job, out, err);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            err.println("interrupted");
            return 1;
        } catch (ConfigException | IllegalStateException e) {
            err.println(e.getMessage());
            return 1;
        } catch (Exception e) {
            err.println("The job at " + order.flink() + " could not be asked: " + RunningJob.reason(e));
            return 1;
        }
    }

    private static int list(Order order, List<SourceConfig> sources, RunningJob job, PrintStream out, PrintStream err)
            throws InterruptedException, ExecutionException {
        int count = 0;
        for (var source : sources) {
            if (order.source() == null || order.source().equals(source.name())) {
                for (var copy : ask(job, source.name(), new Resnapshots.Ask()).copies()) {
                    out.println(line(source.name(), copy));
                    count++;
                }
            }
        }
        err.println(count == 0 ? "nothing was copied since the job's last restart" : count + " copies");
        return 0;
    }

    private static int copy(Order order, List<SourceConfig> sources, RunningJob job, PrintStream out, PrintStream err)
            throws InterruptedException, ExecutionException {
        var table = order.tableId();
        var source = source(order, sources);
        var run = UUID.randomUUID().toString().substring(0, 8);
        var begin = new Resnapshots.Begin(run, table.database(), table.name(), order.where());
        var answer = ask(job, source, begin);
        if (answer.refusal() != null) {
            err.println(answer.refusal());
            return 1;
        }
        job.checkpoint();
        err.println("copy " + run + " of " + table + " has begun; \"gravity snapshots\" shows how far it is");
        var copy = of(run, answer);
        while (order.waits() && copy != null && !copy.complete()) {
            new CountDownLatch(1).await(POLL_MILLIS, TimeUnit.MILLISECONDS);
            copy = of(run, ask(job, source, new Resnapshots.Ask()));
        }
        if (copy == null) {
            err.println("the job was restarted meanwhile, and no longer knows of copy " + run
                    + ": it was complete, or its source began anew");
            return 1;
        }
        out.println(line(source, copy));
        return 0;
    }

    private static Progress of(String run, Resnapshots.Answer answer) {
        return answer.copies().stream()
                .filter(copy -> copy.run().equals(run))
                .findFirst()
                .orElse(null);
    }

    private static String source(Order order, List<SourceConfig> sources) {
        var found = sources.stream()
                .filter(source -> order.source() == null || order.source().equals(source.name()))
                .filter(source -> reads(source, order.tableId()))
                .map(SourceConfig::name)
                .toList();
        if (found.isEmpty()) {
            throw new IllegalStateException(order.table()
                    + ": no source of the configuration reads it; tables are named as they are at the source");
        }
        if (found.size() > 1) {
            throw new IllegalStateException(order.table() + ": " + found.size()
                    + " sources read it; name one with --source: " + String.join(", ", found));
        }
        return found.get(0);
    }

    private static boolean reads(SourceConfig source, TableId table) {
        return any(source.tables(), table) && !any(source.exclude(), table);
    }

    private static boolean any(List<TablePattern> patterns, TableId table) {
        return patterns.stream().anyMatch(pattern -> pattern.matches(table));
    }

    private static Resnapshots.Answer ask(RunningJob job, String source, CoordinationRequest request)
            throws InterruptedException, ExecutionException {
        return job.ask(new SourceRequests.ToSource(source, request), Resnapshots.Answer.class);
    }

    private static String line(String source, Progress copy) {
        var columns = new ArrayList<Object>();
        columns.add(source);
        columns.add(copy.table());
        columns.add(copy.run().isEmpty() ? "first" : copy.run());
        columns.add(copy.complete() ? "complete" : copy.rowsTotal() == 0 ? "waiting" : "copying");
        columns.add(copy.rowsDone() + "/" + copy.rowsTotal() + " rows");
        columns.add(copy.chunksDone() + "/" + copy.chunksCut() + " chunks");
        columns.add(copy.secondsLeft() < 0 ? "time unknown" : copy.secondsLeft() + " s left");
        columns.add(copy.where() == null ? "" : copy.where());
        return columns.stream().map(String::valueOf).collect(Collectors.joining("\t"));
    }

    /**
     * What the command line asks for.
     *
     * @param table {@code null} to list only
     */
    private record Order(Path conf, URI flink, JobID job, String table, String where, String source, boolean waits) {

        static Order of(List<String> args) {
            var command = args.isEmpty() ? "" : args.get(0);
            if (!command.equals("resnapshot") && !command.equals("snapshots")) {
                throw new IllegalArgumentException("found \"" + command + "\", expected resnapshot or snapshots");
            }
            if (args.size() < 2 || args.get(1).startsWith("--")) {
                throw new IllegalArgumentException(command + " needs a configuration file, e.g. conf/orders.yaml");
            }
            URI flink = null;
            JobID job = null;
            String table = null;
            String where = null;
            String source = null;
            boolean waits = false;
            for (int i = 2; i < args.size(); i++) {
                var name = args.get(i);
                switch (name) {
                    case "--flink" -> flink = CommandLine.flink(CommandLine.value(args, ++i));
                    case "--job" -> job = CommandLine.job(CommandLine.value(args, ++i));
                    case "--table" -> table = CommandLine.value(args, ++i);
                    case "--where" -> where = CommandLine.value(args, ++i);
                    case "--source" -> source = CommandLine.value(args, ++i);
                    case "--wait" -> waits = true;
                    default -> throw new IllegalArgumentException(command + ": unknown argument \"" + name + "\"");
                }
            }
            if (flink == null) {
                throw new IllegalArgumentException(
                        command + " needs the address of a cluster: --flink http://HOST:PORT");
            }
            if (command.equals("snapshots") && (table != null || where != null || waits)) {
                throw new IllegalArgumentException("snapshots only shows; resnapshot copies");
            }
            if (command.equals("resnapshot") && (table == null || !table.matches("[^.\\s]+\\.[^\\s]+"))) {
                throw new IllegalArgumentException("--table: found \"" + (table == null ? "" : table)
                        + "\", expected database.table at the source, e.g. shop.orders");
            }
            return new Order(Path.of(args.get(1)), flink, job, table, where, source, waits);
        }

        TableId tableId() {
            int dot = table.indexOf('.');
            return new TableId(table.substring(0, dot), table.substring(dot + 1));
        }
    }
}
