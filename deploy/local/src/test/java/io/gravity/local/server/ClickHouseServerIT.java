package io.gravity.local.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.ServerException;
import com.clickhouse.client.api.insert.InsertSettings;
import com.clickhouse.client.api.query.QuerySettings;
import com.clickhouse.data.ClickHouseFormat;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClickHouseServerIT {
    private static final int ROWS = 3_000;

    @TempDir
    static Path folder;

    private static ClickHouseServer server;

    @BeforeAll
    static void start() {
        server = ClickHouseServer.start(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void createTable() {
        server.execute(
                "CREATE DATABASE IF NOT EXISTS shop",
                "CREATE OR REPLACE TABLE shop.item (id Int32, name String) ENGINE = MergeTree ORDER BY id");
    }

    @Test
    void keepsRowsOverKill() {
        server.execute("INSERT INTO shop.item VALUES (1, 'one')");
        String endpoint = server.endpoint();

        server.kill();
        assertThat(server.isAlive()).isFalse();
        server.restart();

        assertThat(server.endpoint()).isEqualTo(endpoint);
        assertThat(server.query("SELECT name FROM shop.item")).isEqualTo("one\n");
    }

    @Test
    void officialClientInsertsAndReadsCompressedBinaryRows() throws Exception {
        for (boolean compressed : new boolean[] {false, true}) {
            createTable();
            try (var client = client(compressed)) {
                var settings = new InsertSettings();
                settings.serverSetting("async_insert", "0");
                try (var answer = client.insert(
                                "item", new ByteArrayInputStream(rows()), ClickHouseFormat.RowBinary, settings)
                        .get()) {
                    assertThat(answer.getWrittenRows()).isEqualTo(ROWS);
                }
                var format = new QuerySettings().setFormat(ClickHouseFormat.RowBinaryWithNamesAndTypes);
                try (var answer = client.query("SELECT id, name FROM item ORDER BY id", format)
                        .get()) {
                    var reader = client.newBinaryFormatReader(answer);
                    int count = 0;
                    while (reader.next() != null) {
                        assertThat(reader.getInteger("id")).isEqualTo(count);
                        assertThat(reader.getString("name")).isEqualTo(name(count));
                        count++;
                    }
                    assertThat(count).isEqualTo(ROWS);
                }
            }
        }
    }

    @Test
    void errorsCarryTheServersCode() {
        try (var client = client(true)) {
            assertThatThrownBy(() -> client.query("SELECT * FROM no_such_table").get())
                    .isInstanceOf(ServerException.class)
                    .satisfies(e -> assertThat(((ServerException) e).getCode()).isEqualTo(60));
        }
        assertThatThrownBy(() -> server.query("SELEC 1")).hasMessageContaining("Code: 62");
    }

    @Test
    void plainPostTakesRowsInTheBodyAndSettingsInTheAddress() throws Exception {
        String insert = "INSERT INTO item (id, name) FORMAT JSONEachRow";
        var answer = post(
                "?database=shop&max_threads=1&query=" + URLEncoder.encode(insert, StandardCharsets.UTF_8),
                "{\"id\":1,\"name\":\"a\\n\\nb\"}\n{\"id\":2,\"name\":\"c\"}\n");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("X-ClickHouse-Summary").orElseThrow())
                .contains("\"written_rows\":\"2\"");

        assertThat(post("?database=shop", "INSERT INTO item VALUES (3, 'x\n\ny; FORMAT')")
                        .statusCode())
                .isEqualTo(200);
        assertThat(post("?database=shop", "INSERT INTO item SELECT 4, 'z'").statusCode())
                .isEqualTo(200);
        assertThat(server.query("SELECT count(), max(length(name)) FROM shop.item FORMAT CSV"))
                .isEqualTo("4,12\n");
        assertThat(post("?max_threads=3", "SELECT getSetting('max_threads')").body())
                .isEqualTo("3\n");
    }

    @Test
    void requestsRunSideBySide() throws Exception {
        var pool = Executors.newFixedThreadPool(8);
        try {
            var tasks = IntStream.range(0, 200)
                    .mapToObj(i -> pool.submit(() -> server.query("SELECT " + i + " FROM numbers(1000) LIMIT 1")))
                    .toList();
            for (int i = 0; i < tasks.size(); i++) {
                assertThat(tasks.get(i).get()).isEqualTo(i + "\n");
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static HttpResponse<String> post(String parameters, String body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(server.endpoint() + "/" + parameters))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static Client client(boolean compressed) {
        return new Client.Builder()
                .addEndpoint(server.endpoint())
                .setUsername(server.user())
                .setPassword(server.password())
                .setDefaultDatabase("shop")
                .compressClientRequest(compressed)
                .compressServerResponse(compressed)
                .build();
    }

    /** Rows with line breaks of all kinds, so that a cut at an empty line would be seen. */
    private static byte[] rows() throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        for (int i = 0; i < ROWS; i++) {
            out.writeInt(Integer.reverseBytes(i));
            byte[] name = name(i).getBytes(StandardCharsets.UTF_8);
            out.writeByte(name.length);
            out.write(name);
        }
        return bytes.toByteArray();
    }

    private static String name(int i) {
        return "n" + i + "\n\n' ü";
    }
}
