package io.gravity.local.cluster;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a test asks of a Flink cluster, by its REST interface alone. */
public final class FlinkRest {
    private static final Duration REQUEST_LIMIT = Duration.ofMinutes(3);
    private static final Duration POLL = Duration.ofMillis(300);
    private static final String BOUNDARY = "gravity-jar-boundary";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI address;

    FlinkRest(URI address) {
        this.address = address;
    }

    URI address() {
        return address;
    }

    public Json get(String path) throws IOException, InterruptedException {
        return send(request(path).GET());
    }

    public Json post(String path, String json) throws IOException, InterruptedException {
        return send(request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(json)));
    }

    /** Uploads a jar, and returns the id under which it can be run. */
    public String upload(Path jar) throws IOException, InterruptedException {
        String head = "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"jarfile\"; filename=\""
                + jar.getFileName() + "\"\r\nContent-Type: application/x-java-archive\r\n\r\n";
        var body = BodyPublishers.concat(
                BodyPublishers.ofString(head),
                BodyPublishers.ofFile(jar),
                BodyPublishers.ofString("\r\n--" + BOUNDARY + "--\r\n"));
        var answer = send(request("/jars/upload")
                .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(body));
        String stored = answer.at("filename").text();
        return stored.substring(stored.lastIndexOf('/') + 1);
    }

    /** Runs the jar's job, and returns the job's id. */
    public String run(String jar, Path config, int parallelism, Optional<String> savepoint)
            throws IOException, InterruptedException {
        String from =
                savepoint.map(path -> ", \"savepointPath\": \"" + path + "\"").orElse("");
        String request = "{\"entryClass\": \"io.gravity.SyncJob\", \"programArgsList\": [\"" + config
                + "\"], \"parallelism\": " + parallelism + from + "}";
        return post("/jars/" + jar + "/run", request).at("jobid").text();
    }

    /** Stops the job with a savepoint, and returns where that is. */
    String stop(String job, Duration limit) throws IOException, InterruptedException {
        String trigger = post("/jobs/" + job + "/stop", "{\"drain\": false}")
                .at("request-id")
                .text();
        var done = await("savepoint of job " + job)
                .atMost(limit)
                .pollInterval(POLL)
                .until(
                        () -> get("/jobs/" + job + "/savepoints/" + trigger),
                        state -> state.at("status").at("id").text().equals("COMPLETED"));
        return done.at("operation")
                .find("location")
                .orElseThrow(() -> new IllegalStateException("the savepoint failed: " + done))
                .text();
    }

    /** Asks the job to end, without a savepoint. */
    void cancel(String job) throws IOException, InterruptedException {
        send(request("/jobs/" + job + "?mode=cancel").method("PATCH", BodyPublishers.noBody()));
    }

    public String state(String job) throws IOException, InterruptedException {
        return get("/jobs/" + job).at("state").text();
    }

    /** The tasks' names by id, each made of the names of the operators chained in it. */
    Map<String, String> vertices(String job) throws IOException, InterruptedException {
        var names = new TreeMap<String, String>();
        get("/jobs/" + job)
                .at("vertices")
                .items()
                .forEach(vertex ->
                        names.put(vertex.at("id").text(), vertex.at("name").text()));
        return names;
    }

    /** Sums of a metric over the subtasks, by the name of the vertex; vertices without it are left out. */
    Map<String, Long> sums(String job, String metric) throws IOException, InterruptedException {
        var sums = new TreeMap<String, Long>();
        for (var vertex : vertices(job).entrySet()) {
            String path = "/jobs/" + job + "/vertices/" + vertex.getKey() + "/subtasks/metrics";
            var ids = get(path)
                    .items()
                    .map(one -> one.at("id").text())
                    .filter(id -> id.endsWith("." + metric))
                    .toList();
            for (String id : ids) {
                var values = get(path + "?agg=sum&get=" + URLEncoder.encode(id, StandardCharsets.UTF_8));
                values.items()
                        .forEach(value -> sums.merge(
                                vertex.getValue(), (long) value.at("sum").number(), Long::sum));
            }
        }
        return sums;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(address.resolve(path)).timeout(REQUEST_LIMIT);
    }

    private Json send(HttpRequest.Builder builder) throws IOException, InterruptedException {
        var request = builder.build();
        var response = client.send(request, BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IOException("Flink answers " + response.statusCode() + " to " + request + ": "
                    + response.body().replace("\\n", "\n"));
        }
        return Json.parse(response.body());
    }
}
