package io.gravity;

import io.gravity.config.Value;
import io.gravity.error.GravityException;
import io.gravity.event.TableId;
import io.gravity.quality.Checks;
import io.gravity.quality.Issue;
import io.gravity.quality.Proposals;
import io.gravity.source.SourceConfig;
import io.gravity.source.TableSample;
import io.gravity.transform.TableMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Tries a configuration's rules on sample rows, without a cluster and without any database; and proposes rules from what is
 * in a source's table.
 */
public final class RulesCommand {
    private static final String USAGE = """
            Usage: gravity rules test CONF --input ROWS.jsonl [--table DATABASE.TABLE]
                   gravity rules suggest CONF --table DATABASE.TABLE [--rows N]
            """;

    private final Order order;
    private final Checks checks;
    private final RowMending mending;
    private final PrintStream out;
    private final Map<String, Integer> counts = new LinkedHashMap<>();

    private RulesCommand(Order order, Checks checks, RowMending mending, PrintStream out) {
        this.order = order;
        this.checks = checks;
        this.mending = mending;
        this.out = out;
    }

    public static void main(String[] args) {
        CommandLine.silenceLogging();
        System.exit(run(List.of(args), System::getenv, System.out, System.err));
    }

    /**
     * Runs the command.
     *
     * @param environment returns a variable's value, or {@code null} if it is not set
     * @param out what becomes of each row: line, verdict, and for each issue check, rule, field and message, between tabs;
     *     or the checks proposed, as YAML
     * @param err everything else
     * @return the exit status: 0 if every row is fine, 1 if one is not or nothing could be tried, 2 if the arguments are
     *     wrong
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
            var config = SyncConfigLoader.load(order.conf(), environment);
            if (order.action() == Action.SUGGEST) {
                return suggest(config, order, out, err);
            }
            var checks = config.quality().checks();
            if (!checks.watches(order.table())) {
                err.println("no check is configured for the table " + order.table()
                        + ": expected some under data-quality.realtime-checks, for all tables or for that of --table");
                return 1;
            }
            try (var visible = config.extensions().open();
                    var judge = new Checks(checks)) {
                var command = new RulesCommand(order, judge, RowMending.NONE, out);
                int status = command.test();
                err.println(command.summary());
                return status;
            }
        } catch (GravityException | IllegalArgumentException e) {
            err.println(e.getMessage());
            return 1;
        } catch (IOException e) {
            err.println("can't read " + order.input() + ": " + e);
            return 1;
        }
    }

    private static int suggest(SyncConfig config, Order order, PrintStream out, PrintStream err) {
        var source = config.sources().stream()
                .filter(candidate -> reads(candidate, order.table()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no source of the configuration reads the table "
                        + order.table() + ", expected one that matches its tables:"));
        var sample = TableSample.read(source, order.table(), order.rows());
        var target = new TableMapper(source.name(), config.mappings()).target(order.table());
        var proposals = Proposals.of(target, sample.schema(), sample.rows());
        err.println(sample.rows().size() + " rows of " + order.table() + " at source " + source.name() + ": "
                + proposals.size() + " proposals");
        if (proposals.isEmpty()) {
            return 1;
        }
        out.print(ChecksText.of(proposals));
        return 0;
    }

    private static boolean reads(SourceConfig source, TableId table) {
        return source.tables().stream().anyMatch(pattern -> pattern.matches(table))
                && source.exclude().stream().noneMatch(pattern -> pattern.matches(table));
    }

    private int test() throws IOException {
        var sample = SampleRows.read(order.input());
        for (var line : sample.lines()) {
            if (line.row() == null) {
                tell(line.number(), "unreadable", List.of("-", "-", "-", line.problem()));
                count("unreadable");
                continue;
            }
            judge(sample, line);
        }
        return counts.keySet().stream().allMatch("pass"::equals) ? 0 : 1;
    }

    private void judge(SampleRows sample, SampleRows.Line line) {
        var found = checks.judge(order.table(), sample.schema(), line.row());
        if (found.isEmpty()) {
            tell(line.number(), "pass", List.of());
            count("pass");
            return;
        }
        var mended = mending.mend(order.table(), sample.schema(), line.row(), found);
        var left = mended.repairs().isEmpty() ? found : checks.judge(order.table(), sample.schema(), mended.row());
        var verdict = left.isEmpty() ? "repaired" : Value.nameOf(Issue.worst(left));
        for (var repair : mended.repairs()) {
            tell(line.number(), verdict, List.of("repair", "-", "-", repair));
        }
        for (var issue : left.isEmpty() ? found : left) {
            var field = issue.field() == null ? "-" : issue.field();
            tell(line.number(), verdict, List.of(issue.check().word(), issue.rule(), field, issue.message()));
        }
        count(verdict);
    }

    private void tell(int line, String verdict, List<String> rest) {
        var columns = rest.stream().map(text -> "\t" + text.replaceAll("[\\t\\r\\n]", " "));
        out.println(line + "\t" + verdict + columns.collect(Collectors.joining()));
    }

    private void count(String verdict) {
        counts.merge(verdict, 1, Integer::sum);
    }

    private String summary() {
        int rows = counts.values().stream().mapToInt(Integer::intValue).sum();
        return rows + " rows"
                + counts.entrySet().stream()
                        .map(count -> count.getValue() + " " + count.getKey())
                        .collect(Collectors.joining(", ", rows == 0 ? "" : ": ", ""));
    }

    private enum Action {
        TEST,
        SUGGEST
    }

    /** What the command line asks for. */
    private record Order(Action action, Path conf, Path input, TableId table, int rows) {
        private static final int ROWS = 10_000;

        /** A table that only checks for all tables, or for patterns of anything, are for. */
        private static final TableId ANY = new TableId("sample", "rows");

        static Order of(List<String> args) {
            var action = action(args.isEmpty() ? "" : args.get(0));
            if (args.size() < 2 || args.get(1).startsWith("--")) {
                throw new IllegalArgumentException(
                        "rules " + args.get(0) + " needs a configuration file, e.g. conf/orders.yaml");
            }
            Path input = null;
            TableId table = null;
            int rows = ROWS;
            for (int i = 2; i < args.size(); i++) {
                var name = args.get(i);
                switch (name) {
                    case "--input" -> input = Path.of(CommandLine.value(args, ++i));
                    case "--table" -> table = TableId.parse(CommandLine.table(CommandLine.value(args, ++i)));
                    case "--rows" -> rows = rows(CommandLine.value(args, ++i));
                    default -> throw new IllegalArgumentException("rules: unknown argument \"" + name + "\"");
                }
                if (name.equals(action == Action.TEST ? "--rows" : "--input")) {
                    throw new IllegalArgumentException("rules " + args.get(0) + " takes no " + name);
                }
            }
            if (action == Action.TEST && input == null) {
                throw new IllegalArgumentException("rules test needs rows, one JSON object a line: --input ROWS.jsonl");
            }
            if (action == Action.SUGGEST && table == null) {
                throw new IllegalArgumentException(
                        "rules suggest needs the table to look at: --table DATABASE.TABLE, as the source names it");
            }
            return new Order(action, Path.of(args.get(1)), input, table == null ? ANY : table, rows);
        }

        private static int rows(String text) {
            if (!text.matches("[1-9][0-9]{0,5}")) {
                throw new IllegalArgumentException(
                        "--rows: found \"" + text + "\", expected a whole number from 1 to 999999");
            }
            return Integer.parseInt(text);
        }

        private static Action action(String text) {
            for (var action : Action.values()) {
                if (text.equals(action.name().toLowerCase(Locale.ROOT))) {
                    return action;
                }
            }
            throw new IllegalArgumentException("rules: found \"" + text + "\", expected test or suggest");
        }
    }
}
