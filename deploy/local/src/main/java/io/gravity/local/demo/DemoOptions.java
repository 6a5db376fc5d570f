package io.gravity.local.demo;

import io.gravity.local.load.Workload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the demo is asked to do.
 *
 * @param rate changes per second over all sources
 * @param rows loaded before the job starts
 * @param exit whether to end after the comparison, with a status that tells the result
 */
record DemoOptions(
        Duration duration, int rate, long rows, Optional<Path> report, boolean exit, Set<String> idle, long seed) {

    static final String USAGE = """
            usage: gravity demo [options]
              --duration TIME   how long to drive changes: 60s, 5m, 1h   (60s)
              --rate N          changes per second over all sources     (2000)
              --rows N          rows loaded before the job starts       (50000)
              --report FILE     write the result as JSON
              --exit            end after the comparison; status 0 only if every target is equal
              --idle SOURCE     leave a source without changes: user-master, order-db or log-db
              --seed N          of the values drawn                     (1)""";

    private static final Pattern TIME = Pattern.compile("(\\d{1,6})(ms|s|m|h)");

    DemoOptions {
        idle = Set.copyOf(idle);
        require(!duration.isZero(), "--duration", "more than nothing", "0");
        require(rate > 0, "--rate", "a number from 1", rate);
        require(rows > 0, "--rows", "a number from 1", rows);
        require(Workload.SOURCES.containsAll(idle), "--idle", "one of " + Workload.SOURCES, idle);
        require(idle.size() < Workload.SOURCES.size(), "--idle", "one source at least that is not idle", idle);
    }

    /** Reads a command line; throws {@link IllegalArgumentException} with a message for people. */
    static DemoOptions parse(String... arguments) {
        var duration = Duration.ofSeconds(60);
        long rate = 2_000;
        long rows = 50_000;
        Optional<Path> report = Optional.empty();
        boolean exit = false;
        var idle = new HashSet<String>();
        long seed = 1;
        var rest = new ArrayDeque<>(List.of(arguments));
        while (!rest.isEmpty()) {
            String option = rest.poll();
            if (option.equals("--exit")) {
                exit = true;
                continue;
            }
            String value = rest.poll();
            switch (option) {
                case "--duration" -> duration = time(option, value);
                case "--rate" -> rate = number(option, value, Integer.MAX_VALUE);
                case "--rows" -> rows = number(option, value, Integer.MAX_VALUE);
                case "--report" -> report = Optional.of(Path.of(given(option, value)));
                case "--idle" -> idle.add(given(option, value));
                case "--seed" -> seed = number(option, value, Long.MAX_VALUE);
                default -> throw new IllegalArgumentException("unknown option " + option);
            }
        }
        return new DemoOptions(duration, (int) rate, rows, report, exit, idle, seed);
    }

    private static Duration time(String option, String value) {
        var match = TIME.matcher(given(option, value));
        require(match.matches(), option, "a time such as 60s or 5m", value);
        long amount = Long.parseLong(match.group(1));
        return switch (match.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    private static long number(String option, String value, long most) {
        try {
            long number = Long.parseLong(given(option, value));
            require(number <= most, option, "a number up to " + most, value);
            return number;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + ": expected a number, found \"" + value + "\"", e);
        }
    }

    private static String given(String option, String value) {
        require(value != null, option, "a value after it", "nothing");
        return value;
    }

    private static void require(boolean condition, String option, String expected, Object found) {
        if (!condition) {
            throw new IllegalArgumentException(option + ": expected " + expected + ", found " + found);
        }
    }
}
