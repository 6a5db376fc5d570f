package io.gravity.local.flink;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.JobID;

/** Reads a job's metrics through Flink's REST interface. Figures are up to a second old, and restart with their task. */
public final class FlinkMetrics {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    /** Longer than {@link LocalFlink}'s pause between two times that metrics are fetched. */
    private static final long FETCHED_MILLIS = 1_100;

    private final HttpClient client = HttpClient.newHttpClient();
    private final JsonFactory json = new JsonFactory();
    private final String job;

    FlinkMetrics(URI rest, JobID job) {
        this.job = rest + "/jobs/" + job;
    }

    /** Changes delivered since the job's last start, by target. */
    public Map<String, Long> delivered() throws IOException, InterruptedException {
        return aggregates(".target.", ".deliveredChanges", "sum");
    }

    /** Changes that wait in state now, by target. */
    public Map<String, Long> backlog() throws IOException, InterruptedException {
        return aggregates(".target.", ".backlogChanges", "sum");
    }

    /** The state of each source's readers, by the source's name: the worst of them, as README numbers it. */
    public Map<String, Long> sourceStates() throws IOException, InterruptedException {
        return aggregates("Source__Read_", ".state", "max");
    }

    /** Changes read from each source's binlog, by the source's name. */
    public Map<String, Long> changes() throws IOException, InterruptedException {
        return aggregates("Source__Read_", ".changes", "sum");
    }

    /** What the metrics of this name add up to, over all operators. */
    public long total(String name) throws IOException, InterruptedException {
        return aggregates("", "." + name, "sum").values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /**
     * How often the job has been restarted, up to now. Takes a second and a half.
     *
     * @throws IOException if the cluster does not say
     */
    public long restarts() throws IOException, InterruptedException {
        // An answer is what was fetched behind an earlier request, if there was one, and a request makes the job
        // manager
        // fetch anew at most once a second.
        for (long millis : new long[] {FETCHED_MILLIS, FETCHED_MILLIS / 3}) {
            get("/metrics?get=numRestarts");
            Thread.sleep(millis);
        }
        var values = strings(get("/metrics?get=numRestarts"), "value");
        if (values.isEmpty()) {
            throw new IOException("the cluster does not tell how often the job was restarted");
        }
        return Long.parseLong(values.get(0));
    }

    /** Aggregates over all subtasks, by what stands between the two texts in a metric's name. */
    private Map<String, Long> aggregates(String before, String after, String how)
            throws IOException, InterruptedException {
        var sums = new TreeMap<String, Long>();
        for (String vertex : vertices()) {
            String path = "/vertices/" + vertex + "/subtasks/metrics";
            for (String name : strings(get(path), "id")) {
                int from = name.indexOf(before);
                if (from >= 0 && name.endsWith(after)) {
                    String value = strings(get(path + "?agg=" + how + "&get=" + encoded(name)), how)
                            .get(0);
                    String label = name.substring(from + before.length(), name.length() - after.length());
                    sums.merge(label, (long) Double.parseDouble(value), Long::sum);
                }
            }
        }
        return sums;
    }

    private List<String> vertices() throws IOException, InterruptedException {
        // The plan's nodes; the job's own id comes under another name.
        return strings(get("/plan"), "id").stream().distinct().toList();
    }

    private byte[] get(String path) throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create(job + path)).timeout(LIMIT).build();
        var response = client.send(request, BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw new IOException("Flink answers " + response.statusCode() + " to " + job + path);
        }
        return response.body();
    }

    /** All scalars with this name, however deep. */
    private List<String> strings(byte[] document, String name) throws IOException {
        var found = new ArrayList<String>();
        try (var parser = json.createParser(document)) {
            for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.FIELD_NAME && parser.currentName().equals(name)) {
                    parser.nextToken();
                    found.add(parser.getText());
                }
            }
        }
        return found;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
