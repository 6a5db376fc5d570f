package io.gravity;

import io.gravity.config.Value;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Operation;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import io.gravity.quality.Proposals;
import io.gravity.repair.Mended;
import io.gravity.repair.SampleRepairs;
import io.gravity.source.SourceConfig;
import io.gravity.source.TableSample;
import io.gravity.transform.TableMapper;
import io.gravity.types.RowJson;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
    private final List<String> likelyKey;
    private final SampleRepairs repairs;
    private final PrintStream out;
    private final Map<String, Integer> counts = new LinkedHashMap<>();

    private RulesCommand(Order order, List<String> likelyKey, SampleRepairs repairs, PrintStream out) {
        this.order = order;
        this.likelyKey = likelyKey;
        this.repairs = repairs;
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
     * @param out what becomes of each row: line, verdict, and for each issue check, rule, field and message, between tabs,
     *     likewise for each repair, and for the row that comes of them; or the checks proposed, as YAML
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
            return test(config, order, out, err);
        } catch (GravityException | IllegalArgumentException e) {
            err.println(e.getMessage());
            return 1;
        } catch (IOException e) {
            err.println("can't read " + order.input() + ": " + e);
            return 1;
        }
    }

    private static int test(SyncConfig config, Order order, PrintStream out, PrintStream err) throws IOException {
        var checks = config.quality().checks();
        var repair = config.repair();
        if (!checks.watches(order.table()) && !repair.watches(order.table())) {
            err.println("no check is configured for the table " + order.table()
                    + ", and no repair: expected some under data-quality.realtime-checks or auto-repair, for all tables or"
                    + " for that of --table");
            return 1;
        }
        var likelyKey = repair.duplicates() == null
                ? List.<String>of()
                : repair.duplicates().keyFields();
        try (var visible = config.extensions().open();
                var repairs = new SampleRepairs(repair, checks, config.quarantine() != null, err::println)) {
            var command = new RulesCommand(order, likelyKey, repairs, out);
            int status = command.test();
            err.println(command.summary());
            return status;
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
        var sample = SampleRows.read(order.input(), likelyKey);
        for (var line : sample.lines()) {
            if (line.row() == null) {
                tell(line.number(), "unreadable", "-", "-", "-", line.problem());
                count("unreadable");
            } else {
                tell(line.number(), insert(sample.schema(), line));
            }
        }
        return counts.keySet().stream().allMatch("pass"::equals) ? 0 : 1;
    }

    /** All are of one time, so that none is outside of a window. */
    private ChangeEvent insert(TableSchema schema, SampleRows.Line line) {
        return ChangeEvent.captured(
                "sample",
                order.table(),
                order.table(),
                Operation.INSERT,
                schema,
                null,
                line.row(),
                0,
                new SourcePosition(1, line.number(), 0, 0),
                0);
    }

    private void tell(int line, ChangeEvent insert) {
        var mended = repairs.mend(insert);
        var verdict = verdict(mended);
        var notTried = repairs.notTried(insert);
        count(verdict);
        if (verdict.equals("pass") && notTried.isEmpty() && mended.faults().isEmpty()) {
            out.println(line + "\t" + verdict);
            return;
        }
        for (var issue : mended.left().isEmpty() ? mended.found() : mended.left()) {
            tell(line, verdict, issue.check().word(), issue.rule(), orDash(issue.field()), issue.message());
        }
        for (var repair : mended.repairs()) {
            var text = repair.textBefore(insert) + " -> " + repair.textAfter(insert);
            tell(line, verdict, "repair", repair.rule(), orDash(repair.field()), text);
        }
        mended.faults().forEach(fault -> tell(line, verdict, "failed", fault.rule(), "-", fault.reason()));
        notTried.forEach(one ->
                tell(line, verdict, "not-tried", one.rule(), one.field(), "rows of other tables are not known here"));
        if (mended.result() != null && !mended.repairs().isEmpty()) {
            var row = RowJson.text(insert.schema(), mended.result().after());
            tell(line, verdict, "row", "-", "-", row);
        }
    }

    /** Returns what becomes of a row, in a word. */
    private static String verdict(Mended mended) {
        if (mended.verdict() != Mended.Verdict.PASS) {
            return Value.nameOf(mended.verdict());
        }
        if (!mended.left().isEmpty()) {
            return "warn";
        }
        return mended.repairs().isEmpty() ? "pass" : "repaired";
    }

    private static String orDash(String field) {
        return field == null ? "-" : field;
    }

    private void tell(int line, String verdict, String... rest) {
        var columns = Stream.of(rest).map(text -> "\t" + text.replaceAll("[\\t\\r\\n]", " "));
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
            var action = CommandLine.action("rules", args, Action.class);
            var conf = CommandLine.configuration("rules", args);
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
            return new Order(action, conf, input, table == null ? ANY : table, rows);
        }

        private static int rows(String text) {
            if (!text.matches("[1-9][0-9]{0,5}")) {
                throw new IllegalArgumentException(
                        "--rows: found \"" + text + "\", expected a whole number from 1 to 999999");
            }
            return Integer.parseInt(text);
        }
    }
}
