package io.gravity;

import io.gravity.resolve.Choice;
import io.gravity.resolve.Stops;
import io.gravity.resolve.Stops.Stop;
import java.io.PrintStream;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.operators.coordination.CoordinationRequest;

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

    private ConflictsCommand() {}

    public static void main(String[] args) {
        CommandLine.silenceLogging();
        System.exit(run(List.of(args), System.out, System.err));
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
        try (var job = RunningJob.find(order.flink(), order.job())) {
            var answer = job.ask(order.request(), Stops.Answer.class);
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
            err.println("The job at " + order.flink() + " could not be asked: " + RunningJob.reason(e));
            return 1;
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
                    case "--flink" -> flink = CommandLine.flink(CommandLine.value(args, ++i));
                    case "--job" -> job = CommandLine.job(CommandLine.value(args, ++i));
                    case "--table" -> table = CommandLine.table(CommandLine.value(args, ++i));
                    case "--row" -> row = CommandLine.value(args, ++i);
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
