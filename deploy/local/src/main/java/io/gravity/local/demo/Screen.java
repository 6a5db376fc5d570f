package io.gravity.local.demo;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What people see: lines, and a table that is redrawn in place on a terminal, printed now and then elsewhere. */
final class Screen {
    private static final long PLAIN_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final String CLEAR_LINE = "\u001b[2K";

    private final PrintStream out;
    private final boolean terminal;
    private final long start = System.nanoTime();
    private int drawn;
    private long printed;

    Screen(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
        this.printed = start - PLAIN_INTERVAL_NANOS;
    }

    /** The process's own output. */
    @SuppressWarnings("SystemConsoleNull") // Java 17 it is: no console means no terminal.
    static Screen ofProcess() {
        return new Screen(System.out, System.console() != null);
    }

    /** Prints a line with the time since the start, below what is there. */
    synchronized void line(String text) {
        double seconds = (System.nanoTime() - start) / 1e9;
        out.println(String.format(Locale.ROOT, "%6.1f s  %s", seconds, text));
        out.flush();
        drawn = 0;
    }

    /** Prints text as it is. */
    synchronized void text(String text) {
        out.println(text);
        out.flush();
        drawn = 0;
    }

    /** Shows the table in place of the last one, unless something was printed since. */
    synchronized void table(List<String> lines) {
        long now = System.nanoTime();
        if (!terminal && now - printed < PLAIN_INTERVAL_NANOS) {
            return;
        }
        printed = now;
        if (terminal && drawn > 0) {
            out.print(String.format(Locale.ROOT, "\u001b[%dA", drawn));
        }
        lines.forEach(line -> out.println(terminal ? CLEAR_LINE + line : line));
        out.flush();
        drawn = lines.size();
    }

    /** Leaves the last table where it is. */
    synchronized void endTable() {
        drawn = 0;
        printed = System.nanoTime() - PLAIN_INTERVAL_NANOS;
    }
}
