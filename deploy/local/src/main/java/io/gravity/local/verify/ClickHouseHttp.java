package io.gravity.local.verify;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** Queries ClickHouse through its HTTP interface. */
final class ClickHouseHttp {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** UNKNOWN_TABLE and UNKNOWN_DATABASE. */
    private static final String NOT_THERE = "(?s).*Code: (60|81)\\..*";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI endpoint;
    private final String user;
    private final String password;

    ClickHouseHttp(URI endpoint, String user, String password) {
        this.endpoint = endpoint;
        this.user = user;
        this.password = password;
    }

    /** The answer; empty if the table or its database is not there. */
    Optional<InputStream> query(String sql) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(endpoint)
                .timeout(LIMIT)
                .header("X-ClickHouse-User", user)
                .header("X-ClickHouse-Key", password)
                .POST(HttpRequest.BodyPublishers.ofString(sql))
                .build();
        var response = client.send(request, BodyHandlers.ofInputStream());
        if (response.statusCode() == 200) {
            return Optional.of(response.body());
        }
        try (var body = response.body()) {
            var problem = new String(body.readAllBytes(), StandardCharsets.UTF_8);
            if (problem.matches(NOT_THERE)) {
                return Optional.empty();
            }
            throw new IOException("ClickHouse at " + endpoint + " refused \"" + sql + "\": " + problem);
        }
    }

    /** A short answer as text. */
    Optional<String> text(String sql) throws IOException, InterruptedException {
        var answer = query(sql);
        if (answer.isEmpty()) {
            return Optional.empty();
        }
        try (var body = answer.get()) {
            return Optional.of(new String(body.readAllBytes(), StandardCharsets.UTF_8).strip());
        }
    }
}
