package io.gravity.local.demo;

import io.gravity.local.verify.Latency;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The live table's text. */
final class Dashboard {
    private final URI webUi;
    private final Set<String> targets;
    private Map<String, Long> lastDelivered = Map.of();
    private long lastNanos = System.nanoTime();

    Dashboard(URI webUi, Set<String> targets) {
        this.webUi = webUi;
        this.targets = targets;
    }

    /** Lines while the snapshot runs. */
    List<String> snapshot(Map<String, Long> expected, Map<String, Long> held) {
        var lines = new ArrayList<String>();
        lines.add("snapshot                 rows held     rows behind");
        for (String target : targets) {
            long rows = held.getOrDefault(target, 0L);
            lines.add(format(
                    "  %-20s %,12d  %,14d", target, rows, Math.max(0, expected.getOrDefault(target, 0L) - rows)));
        }
        return lines;
    }

    /** Lines while the load runs; rates are since the last call. */
    List<String> load(
            String title, Map<String, Long> delivered, Map<String, Long> behind, Map<String, Latency> latencies) {
        long now = System.nanoTime();
        double seconds = (now - lastNanos) / 1e9;
        var lines = new ArrayList<String>();
        lines.add(title + "   " + webUi);
        lines.add("  target                delivered  changes/s  rows behind   p50 ms   p99 ms   max ms");
        for (String target : targets) {
            long count = delivered.getOrDefault(target, 0L);
            double rate = Math.max(0, count - lastDelivered.getOrDefault(target, count)) / seconds;
            var latency = latencies.get(target);
            lines.add(format("  %-20s %,10d %,10.0f %,12d", target, count, rate, behind.getOrDefault(target, 0L))
                    + (latency == null || latency.count() == 0
                            ? "        -        -        -"
                            : format(" %8.1f %8.1f %8.1f", latency.p50(), latency.p99(), latency.max())));
        }
        lastDelivered = delivered;
        lastNanos = now;
        return lines;
    }

    private static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
