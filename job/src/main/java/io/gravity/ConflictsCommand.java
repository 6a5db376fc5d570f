package io.gravity;

import io.gravity.resolve.Choice;
import io.gravity.resolve.Stops;
import io.gravity.resolve.Stops.Stop;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.operators.coordination.CoordinationRequest;
import org.apache.flink.shaded.guava31.com.google.common.hash.Hashing;
import org.slf4j.LoggerFactory;

/**
 * The operator's console of {@code error-stop}: lists what conflicts have stopped in a running job, and releases it. Talks
 * to the job through Flink's own REST interface; the job goes on meanwhile.
 */
public final class ConflictsCommand {
    private static final String USAGE = """
            Usage: gravity conflicts list --flink URL [--job ID] [--table DATABASE.TABLE]
                   gravity conflicts release --flink URL [--job ID] [--table DATABASE.TABLE] [--row ROW]
                                     --keep-ours | --keep-theirs | --replay
            """;

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int ATTEMPTS = 3;
    private static final Pattern CAUSE_THERE = Pattern.compile("(?m)Exception: ([^\n]+)$");

    /** The operator whose coordinator answers. Flink makes an operator's id out of its uid in this way. */
    private static final OperatorID RESOLVE = new OperatorID(Hashing.murmur3_128(0)
            .newHasher()
            .putString("resolve", StandardCharsets.UTF_8)
            .hash()
            .asBytes());

    private ConflictsCommand() {}

    public static void main(String[] args) {
        silenceLogging();
        System.exit(run(List.of(args), System.out, System.err));
    }

    /** No logger comes with the launcher's class path, and its notice of that is not for someone at the console. */
    private static void silenceLogging() {
        var err = System.err;
        System.setErr(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        LoggerFactory.getILoggerFactory();
        System.setErr(err);
    }

    /**
     * Runs the command.
     *
     * @param out what is stopped, or has been released: a line each with scope, row and reason, between tabs
     * @param err everything else
     * @return the exit status: 0 if it was done, 1 if it could not be, 2 if the arguments are wrong
     */
    public static int run(List<String> args, PrintStream out, PrintStream err) {
        Order order;
        try {
            order = Order.of(args);
        } catch (IllegalArgumentException e) {
            err.println(e.getMessage());
            err.print(USAGE);
            return 2;
        }
        try (var cluster = new RestClusterClient<>(order.client(), "gravity")) {
            var job = order.job() != null ? order.job() : onlyJob(cluster);
            var answer = (Stops.Answer) get(cluster.sendCoordinationRequest(job, RESOLVE, order.request()));
            answer.stops().forEach(stop -> out.println(line(stop)));
            if (answer.count() > answer.stops().size()) {
                err.println("... and " + (answer.count() - answer.stops().size()) + " more");
            }
            return order.report(answer, err);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            err.println("interrupted");
            return 1;
        } catch (Exception e) {
            err.println("The job at " + order.flink() + " could not be asked: " + reason(e));
            return 1;
        }
    }

    /** Returns the first cause, also of a failure in the cluster, which comes as the text of its stack trace. */
    private static String reason(Throwable failure) {
        var first = failure;
        while (first.getCause() != null) {
            first = first.getCause();
        }
        var text = String.valueOf(first.getMessage());
        var causes = CAUSE_THERE.matcher(text).results().toList();
        return causes.isEmpty() ? text : causes.get(causes.size() - 1).group(1);
    }

    private static JobID onlyJob(RestClusterClient<?> cluster) throws Exception {
        var running = get(cluster.listJobs()).stream()
                .filter(job -> job.getJobState() == JobStatus.RUNNING)
                .toList();
        if (running.size() != 1) {
            throw new IllegalStateException(
                    running.isEmpty()
                            ? "no job is running there"
                            : running.size() + " jobs are running there; name one with --job: "
                                    + String.join(
                                            ", ",
                                            running.stream()
                                                    .map(job -> job.getJobId() + " (" + job.getJobName() + ")")
                                                    .toList()));
        }
        return running.get(0).getJobId();
    }

    private static <T> T get(CompletableFuture<T> future) throws InterruptedException, ExecutionException {
        try {
            return future.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new ExecutionException("no answer within " + LIMIT.toSeconds() + " s", e);
        }
    }

    private static String line(Stop stop) {
        return stop.scope().name().toLowerCase(Locale.ROOT) + "\t" + stop.row() + "\t" + stop.reason();
    }

    /**
     * What the command line asks for.
     *
     * @param choice {@code null} to list only
     */
    private record Order(URI flink, JobID job, String table, String row, Choice choice) {

        static Order of(List<String> args) {
            var action = args.isEmpty() ? "" : args.get(0);
            if (!action.equals("list") && !action.equals("release")) {
                throw new IllegalArgumentException("conflicts: found \"" + action + "\", expected list or release");
            }
            URI flink = null;
            JobID job = null;
            String table = null;
            String row = null;
            Choice choice = null;
            for (int i = 1; i < args.size(); i++) {
                var name = args.get(i);
                switch (name) {
                    case "--flink" -> flink = address(value(args, ++i));
                    case "--job" -> job = job(value(args, ++i));
                    case "--table" -> table = table(value(args, ++i));
                    case "--row" -> row = value(args, ++i);
                    case "--keep-ours", "--keep-theirs", "--replay" -> {
                        if (choice != null) {
                            throw new IllegalArgumentException(name + ": found beside another decision, expected one");
                        }
                        choice = Choice.valueOf(
                                name.substring(2).replace('-', '_').toUpperCase(Locale.ROOT));
                    }
                    default -> throw new IllegalArgumentException("conflicts: unknown argument \"" + name + "\"");
                }
            }
            if (flink == null) {
                throw new IllegalArgumentException(
                        "conflicts needs the address of a cluster: --flink http://HOST:PORT");
            }
            if (action.equals("release") == (choice == null)) {
                throw new IllegalArgumentException(
                        choice == null
                                ? "release needs a decision: --keep-ours, --keep-theirs or --replay"
                                : "list takes no decision; release does");
            }
            if (row != null && choice == null) {
                throw new IllegalArgumentException("list takes no --row");
            }
            return new Order(flink, job, table, row, choice);
        }

        private static String value(List<String> args, int at) {
            if (at >= args.size() || args.get(at).startsWith("--")) {
                throw new IllegalArgumentException(args.get(at - 1) + " needs a value");
            }
            return args.get(at);
        }

        private static URI address(String text) {
            if (!text.matches("(http://)?(\\[[0-9a-fA-F:]+]|[A-Za-z0-9._-]+):[0-9]{1,5}/?")) {
                throw new IllegalArgumentException(
                        "--flink: found \"" + text + "\", expected http://HOST:PORT, e.g. http://localhost:8081");
            }
            return URI.create(text.startsWith("http") ? text : "http://" + text);
        }

        private static JobID job(String text) {
            if (!text.matches("[0-9a-f]{32}")) {
                throw new IllegalArgumentException(
                        "--job: found \"" + text + "\", expected a job's id, 32 hexadecimal digits");
            }
            return JobID.fromHexString(text);
        }

        private static String table(String text) {
            if (!text.matches("[^.\\s]+\\.[^\\s]+")) {
                throw new IllegalArgumentException(
                        "--table: found \"" + text + "\", expected database.table at the target, e.g. shop.orders");
            }
            return text;
        }

        Configuration client() {
            var settings = new Configuration();
            settings.set(RestOptions.ADDRESS, flink.getHost());
            settings.set(RestOptions.PORT, flink.getPort());
            // Someone waits at the console.
            settings.set(RestOptions.CONNECTION_TIMEOUT, LIMIT.dividedBy(ATTEMPTS));
            settings.set(RestOptions.RETRY_MAX_ATTEMPTS, ATTEMPTS);
            settings.set(RestOptions.RETRY_DELAY, Duration.ofMillis(500));
            return settings;
        }

        CoordinationRequest request() {
            return choice == null ? new Stops.ListRequest(table) : new Stops.Release(table, row, choice);
        }

        int report(Stops.Answer answer, PrintStream err) {
            if (choice == null) {
                err.println(answer.count() == 0 ? "nothing is stopped" : answer.count() + " stopped");
                return 0;
            }
            if (answer.count() == 0) {
                err.println("nothing of that is stopped; \"gravity conflicts list\" shows what is");
                return 1;
            }
            err.println(answer.count() + " released, "
                    + choice.name().toLowerCase(Locale.ROOT).replace('_', '-'));
            return 0;
        }
    }
}
