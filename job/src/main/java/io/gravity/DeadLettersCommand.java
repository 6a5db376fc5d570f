package io.gravity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gravity.audit.DeadLetters;
import io.gravity.audit.Letter;
import io.gravity.audit.LetterFilter;
import io.gravity.config.ConfigException;
import io.gravity.dispatch.LetterStore;
import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.clickhouse.ClickHouseLetterStore;
import io.gravity.dispatch.file.FileLetterStore;
import io.gravity.dispatch.kafka.KafkaLetterStore;
import io.gravity.dispatch.mysql.MySqlLetterStore;
import io.gravity.event.TableId;
import io.gravity.resolve.Replays;
import io.gravity.resolve.Replays.Outcome;
import io.gravity.source.SourceConfig;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.time.Deadline;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.plugin.PluginUtils;

/**
 * The operator's console of the quarantine: lists, shows and deletes dead letters, and sends their changes through the
 * running job once more.
 *
 * <p>A replayed change is judged by what the job knows of its row, so an old one can't overwrite a newer one. Its letter is
 * deleted only once a checkpoint holds what became of it: whatever dies before, the letter is still there.
 */
public final class DeadLettersCommand {
    private static final String USAGE = """
            Usage: gravity dead-letters list CONF [FILTER...] [--limit N]
                   gravity dead-letters show CONF --id ID...
                   gravity dead-letters replay CONF --flink URL [--job ID] [--unknown] FILTER... | --all
                   gravity dead-letters drop CONF FILTER... | --all
            FILTER: --id ID, --reason REASON, --target TARGET, --table DATABASE.TABLE
            """;

    private static final int LISTED = 1_000;
    /** Far below what one message between Flink's processes may hold, 10 MB, and a query of any database. */
    private static final int AT_ONCE = 100;

    private static final long AT_ONCE_BYTES = 4 << 20;
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(60);
    private static final Duration CHECKPOINT_LIMIT = Duration.ofMinutes(2);
    private static final long POLL_MILLIS = 50;

    private final LetterStore letters;
    private final Order order;
    private final PrintStream out;
    private final PrintStream err;

    private DeadLettersCommand(LetterStore letters, Order order, PrintStream out, PrintStream err) {
        this.letters = letters;
        this.order = order;
        this.out = out;
        this.err = err;
    }

    public static void main(String[] args) {
        CommandLine.silenceLogging();
        System.exit(run(List.of(args), System::getenv, System.out, System.err));
    }

    /**
     * Runs the command.
     *
     * @param environment returns a variable's value, or {@code null} if it is not set
     * @param out the letters asked for, or what became of each; columns between tabs
     * @param err everything else
     * @return the exit status: 0 if it was done, 1 if it could not be, or not for all letters, 2 if the arguments are wrong
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
        try (var letters = store(SyncConfigLoader.load(order.conf(), environment))) {
            return new DeadLettersCommand(letters, order, out, err).run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            err.println("interrupted");
            return 1;
        } catch (ConfigException | IllegalStateException e) {
            err.println(e.getMessage());
            return 1;
        } catch (ExecutionException e) {
            err.println("The job at " + order.flink() + " could not be asked: " + RunningJob.reason(e));
            return 1;
        } catch (Exception e) {
            err.println(e.getMessage() == null ? e.toString() : e.getMessage());
            return 1;
        }
    }

    private static LetterStore store(SyncConfig config) {
        var target = config.quarantineTarget()
                .orElseThrow(() -> new IllegalStateException("there is no quarantine: in the configuration"));
        var table = TableId.parse(config.quarantine().table());
        if (target instanceof TargetConfig.MySql mySql) {
            return new MySqlLetterStore(mySql, table);
        }
        if (target instanceof TargetConfig.ClickHouse clickHouse) {
            return new ClickHouseLetterStore(clickHouse, table);
        }
        if (target instanceof TargetConfig.Kafka kafka) {
            var sources = config.sources().stream().map(SourceConfig::name).toList();
            return new KafkaLetterStore(kafka, table, sources);
        }
        if (target instanceof TargetConfig.File file) {
            // What file systems there are besides the local one, Flink's plugins say.
            var flink = GlobalConfiguration.loadConfiguration();
            FileSystem.initialize(flink, PluginUtils.createPluginManagerFromRootFolder(flink));
            return new FileLetterStore(file, table);
        }
        throw new IllegalStateException("dead letters go to the target " + target.name()
                + ", which is a group: this command can't tell which member has them. Name one of its servers as a target"
                + " of its own in quarantine:, in a copy of the configuration");
    }

    private int run() throws Exception {
        return switch (order.action()) {
            case LIST -> list();
            case SHOW -> show();
            case REPLAY -> replay();
            case DROP -> drop();
        };
    }

    private int list() throws InterruptedException {
        var found = letters.find(order.filter(), order.limit() + 1);
        found.stream().limit(order.limit()).forEach(letter -> out.println(line(letter)));
        err.println(
                found.size() > order.limit()
                        ? "the " + order.limit() + " oldest; --limit shows more"
                        : found.size() + " dead letters");
        return 0;
    }

    private static String line(Letter letter) {
        return String.join(
                "\t",
                letter.id(),
                letter.writtenAt(),
                letter.value("reason"),
                String.valueOf(letter.value("target")),
                letter.value("table_name"),
                letter.value("row_key"),
                letter.hasChange() ? "replayable" : "not-replayable");
    }

    private int show() throws InterruptedException {
        var found = letters.read(order.filter().ids());
        for (var letter : found) {
            for (var column : DeadLetters.SCHEMA.columns()) {
                var value = letter.value(column.name());
                out.println(column.name() + ": " + shown(letter, column.name(), value));
            }
            out.println();
        }
        int missing = order.filter().ids().size() - found.size();
        if (missing > 0) {
            err.println(missing + " not found; \"gravity dead-letters list\" shows what is there");
        }
        return missing == 0 ? 0 : 1;
    }

    private static String shown(Letter letter, String column, String value) {
        if (column.equals(DeadLetters.CHANGE_DATA)) {
            return letter.change()
                    .map(change -> change.length + " bytes, can be replayed")
                    .orElse("none, too large for a letter: can't be replayed");
        }
        if (!column.equals("row_data")) {
            return value;
        }
        try {
            var json = new ObjectMapper();
            return json.readTree(value).toPrettyString();
        } catch (JsonProcessingException e) {
            return value;
        }
    }

    private int drop() throws InterruptedException {
        int deleted = 0;
        for (var part : parts(letters.find(order.filter(), Integer.MAX_VALUE), letter -> true)) {
            deleted += letters.delete(part);
        }
        err.println(deleted + " dropped");
        return deleted == 0 && !order.filter().isEmpty() ? 1 : 0;
    }

    private int replay() throws Exception {
        try (var job = find()) {
            var found = letters.find(order.filter(), Integer.MAX_VALUE);
            var counts = new LinkedHashMap<String, Integer>();
            int kept = 0;
            for (var part : parts(found, Letter::hasChange)) {
                kept += part.size() - replay(job, part, counts);
            }
            for (var letter : found) {
                if (!letter.hasChange()) {
                    kept++;
                    tell(letter, "not-replayable", counts);
                }
            }
            counts.forEach((outcome, count) -> err.println(count + " " + outcome));
            err.println(kept == 0 ? found.size() + " letters, all settled" : kept + " letters stay");
            return kept == 0 && (!found.isEmpty() || order.filter().ids().isEmpty()) ? 0 : 1;
        }
    }

    private RunningJob find() throws ExecutionException {
        try {
            return RunningJob.find(order.flink(), order.job());
        } catch (Exception e) {
            throw new ExecutionException(e);
        }
    }

    /** Returns letters in parts for one query each. */
    private static List<List<Letter>> parts(List<Letter> all, Predicate<Letter> wanted) {
        var chosen = all.stream().filter(wanted).toList();
        var parts = new ArrayList<List<Letter>>();
        for (int i = 0; i < chosen.size(); i += AT_ONCE) {
            parts.add(chosen.subList(i, Math.min(i + AT_ONCE, chosen.size())));
        }
        return parts;
    }

    /** Returns how many letters were settled, and deleted. */
    private int replay(RunningJob job, List<Letter> part, Map<String, Integer> counts) throws Exception {
        int settled = 0;
        var batch = new ArrayList<Letter>();
        long bytes = 0;
        for (var letter : letters.read(part.stream().map(Letter::id).toList())) {
            long size = letter.change().map(change -> change.length).orElse(0);
            if (bytes + size > AT_ONCE_BYTES && !batch.isEmpty()) {
                settled += replayAtOnce(job, batch, counts);
                batch.clear();
                bytes = 0;
            }
            batch.add(letter);
            bytes += size;
        }
        return settled + (batch.isEmpty() ? 0 : replayAtOnce(job, batch, counts));
    }

    private int replayAtOnce(RunningJob job, List<Letter> batch, Map<String, Integer> counts) throws Exception {
        var run = UUID.randomUUID().toString();
        var changes = new HashMap<String, byte[]>();
        batch.forEach(letter -> letter.change().ifPresent(change -> changes.put(letter.id(), change)));
        job.ask(new Replays.Begin(run, changes, order.unknownToo()), Replays.Answer.class);
        var answer = await(job, run, ANSWER_LIMIT, told -> told.outcomes().size() == changes.size());
        boolean lasts = answer.known() && lasts(job, run, answer);
        var settled = new ArrayList<Letter>();
        for (var letter : batch) {
            var outcome = answer.outcomes().get(letter.id());
            boolean done = outcome != null && outcome.isDone();
            if (done && lasts) {
                settled.add(letter);
            }
            tell(
                    letter,
                    outcome == null ? "no-answer" : word(outcome) + (done && !lasts ? "-not-lasting" : ""),
                    counts);
        }
        letters.delete(settled);
        return settled.size();
    }

    /** A change that was passed on is in no target yet; until a checkpoint holds it, a restart would lose it. */
    private boolean lasts(RunningJob job, String run, Replays.Answer answer) throws Exception {
        if (answer.outcomes().values().stream().noneMatch(Outcome::isDone)) {
            return false;
        }
        try {
            job.checkpoint();
        } catch (ExecutionException e) {
            // One of those that the job takes by itself will do.
            err.println("no checkpoint was taken at once: " + RunningJob.reason(e));
        }
        return await(job, run, CHECKPOINT_LIMIT, Replays.Answer::lasting).lasting();
    }

    /** Asks until it is as wanted, the job has forgotten the run, or the time is up. */
    private static Replays.Answer await(RunningJob job, String run, Duration limit, Predicate<Replays.Answer> wanted)
            throws InterruptedException, ExecutionException {
        var deadline = Deadline.fromNow(limit);
        var never = new CountDownLatch(1);
        while (true) {
            var answer = job.ask(new Replays.Ask(run), Replays.Answer.class);
            if (!answer.known() || wanted.test(answer) || deadline.isOverdue()) {
                return answer;
            }
            never.await(POLL_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void tell(Letter letter, String outcome, Map<String, Integer> counts) {
        counts.merge(outcome, 1, Integer::sum);
        out.println(letter.id() + "\t" + outcome);
    }

    private static String word(Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private enum Action {
        LIST,
        SHOW,
        REPLAY,
        DROP
    }

    /** What the command line asks for. */
    private record Order(
            Action action, Path conf, LetterFilter filter, int limit, URI flink, JobID job, boolean unknownToo) {

        static Order of(List<String> args) {
            var action = CommandLine.action("dead-letters", args, Action.class);
            var conf = CommandLine.configuration("dead-letters", args);
            var ids = new ArrayList<String>();
            String reason = null;
            String target = null;
            String table = null;
            boolean all = false;
            int limit = LISTED;
            URI flink = null;
            JobID job = null;
            boolean unknownToo = false;
            for (int i = 2; i < args.size(); i++) {
                var name = args.get(i);
                switch (name) {
                    case "--id" -> ids.add(id(CommandLine.value(args, ++i)));
                    case "--reason" -> reason = CommandLine.value(args, ++i);
                    case "--target" -> target = CommandLine.value(args, ++i);
                    case "--table" -> table = CommandLine.table(CommandLine.value(args, ++i));
                    case "--all" -> all = true;
                    case "--limit" -> limit = limit(CommandLine.value(args, ++i));
                    case "--flink" -> flink = CommandLine.flink(CommandLine.value(args, ++i));
                    case "--job" -> job = CommandLine.job(CommandLine.value(args, ++i));
                    case "--unknown" -> unknownToo = true;
                    default -> throw new IllegalArgumentException("dead-letters: unknown argument \"" + name + "\"");
                }
                refuse(action, name);
            }
            var filter = new LetterFilter(ids, reason, target, table);
            check(action, filter, all, flink);
            return new Order(action, conf, filter, limit, flink, job, unknownToo);
        }

        private static void refuse(Action action, String name) {
            boolean fits =
                    switch (name) {
                        case "--limit" -> action == Action.LIST;
                        case "--flink", "--job", "--unknown" -> action == Action.REPLAY;
                        case "--all" -> action == Action.REPLAY || action == Action.DROP;
                        case "--id" -> true;
                        default -> action != Action.SHOW;
                    };
            if (!fits) {
                throw new IllegalArgumentException(action.name().toLowerCase(Locale.ROOT) + " takes no " + name);
            }
        }

        private static void check(Action action, LetterFilter filter, boolean all, URI flink) {
            if (action == Action.REPLAY && flink == null) {
                throw new IllegalArgumentException(
                        "replay needs the address of the job's cluster: --flink http://HOST:PORT");
            }
            if (action == Action.SHOW && filter.ids().isEmpty()) {
                throw new IllegalArgumentException("show needs a letter: --id ID, the first column of the list");
            }
            if ((action == Action.REPLAY || action == Action.DROP) && all != filter.isEmpty()) {
                throw new IllegalArgumentException(
                        all
                                ? "--all: found beside a filter, expected one of them"
                                : action.name().toLowerCase(Locale.ROOT) + " needs a filter, or --all");
            }
        }

        private static String id(String text) {
            if (!Letter.isId(text)) {
                throw new IllegalArgumentException("--id: found \"" + text
                        + "\", expected a letter's id, 32 hexadecimal digits: the first column of the list");
            }
            return text;
        }

        private static int limit(String text) {
            if (!text.matches("[1-9][0-9]{0,6}")) {
                throw new IllegalArgumentException(
                        "--limit: found \"" + text + "\", expected a whole number from 1 to 9999999");
            }
            return Integer.parseInt(text);
        }
    }
}
