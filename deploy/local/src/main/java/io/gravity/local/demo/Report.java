package io.gravity.local.demo;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.gravity.local.verify.Latency;
import io.gravity.local.verify.TargetResult;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The demo's result as a JSON file.
 *
 * @param changes row changes committed by the load, without the preloaded rows and without probes
 * @param snapshotRowsPerSecond rows loaded before the start, by the time from submitting the job until all targets
 *     held theirs; NaN if they never did
 * @param delivered changes written by target, snapshot and probes included, as the job counts them; after a restart of
 *     a task its count begins again
 */
record Report(
        DemoOptions options,
        long changes,
        double changesPerSecond,
        double snapshotRowsPerSecond,
        Map<String, Long> delivered,
        Map<String, TargetResult> results,
        Map<String, Latency> latencies) {

    void write(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        try (var out = Files.newBufferedWriter(file);
                var json = new JsonFactory().createGenerator(out).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeNumberField("changes", changes);
            number(json, "changes_per_second", changesPerSecond);
            number(json, "snapshot_rows_per_second", snapshotRowsPerSecond);
            json.writeNumberField("duration_seconds", options.duration().toSeconds());
            json.writeNumberField("rate", options.rate());
            json.writeNumberField("rows", options.rows());
            json.writeNumberField("seed", options.seed());
            json.writeArrayFieldStart("idle");
            for (String source : options.idle()) {
                json.writeString(source);
            }
            json.writeEndArray();
            json.writeObjectFieldStart("targets");
            for (var result : results.values()) {
                target(json, result);
            }
            json.writeEndObject();
            json.writeEndObject();
        }
    }

    private void target(JsonGenerator json, TargetResult result) throws IOException {
        json.writeObjectFieldStart(result.target());
        json.writeNumberField("delivered", delivered.getOrDefault(result.target(), 0L));
        json.writeNumberField("rows_expected", result.rowsExpected());
        json.writeNumberField("rows_equal", result.rowsEqual());
        json.writeNumberField("missing", result.missing());
        json.writeNumberField("different", result.different());
        json.writeNumberField("unexpected", result.unexpected());
        var latency = latencies.get(result.target());
        if (latency == null || latency.count() == 0) {
            json.writeNullField("latency_ms");
        } else {
            json.writeObjectFieldStart("latency_ms");
            number(json, "p50", latency.p50());
            number(json, "p95", latency.p95());
            number(json, "p99", latency.p99());
            number(json, "max", latency.max());
            json.writeNumberField("count", latency.count());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void number(JsonGenerator json, String name, double value) throws IOException {
        if (Double.isFinite(value)) {
            json.writeNumberField(name, BigDecimal.valueOf(value).setScale(1, RoundingMode.HALF_UP));
        } else {
            json.writeNullField(name);
        }
    }
}
