package io.gravity.local.server;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.InflaterInputStream;
import net.jpountz.lz4.LZ4FrameInputStream;

/**
 * ClickHouse's HTTP interface in front of its engine, as the main class of a JVM of its own; started
 * by {@link ClickHouseServer}.
 *
 * <p>Unlike a real server: any user and password are accepted, there are no sessions, answers are
 * built in memory (2 GB at most), settings with unknown names are ignored.
 */
public final class ChdbHttpServer {
    private static final Set<String> NOT_SETTINGS = Set.of(
            "query",
            "database",
            "default_format",
            "compress",
            "decompress",
            "enable_http_compression",
            "user",
            "password",
            "quota_key",
            "role",
            "query_id",
            "session_id",
            "session_timeout",
            "session_check",
            "session_timezone",
            "stacktrace",
            "buffer_size",
            "wait_end_of_query",
            "client_protocol_version");
    private static final Pattern ERROR_CODE = Pattern.compile("Code:\\s*(\\d+)");
    private static final Pattern LAST_FORMAT = Pattern.compile(
            "\\bFORMAT\\s+(\\w+)\\s*(?:SETTINGS\\b.*)?;?\\s*$", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Set<Integer> NOT_FOUND = Set.of(60, 81);
    private static final Set<Integer> BAD_REQUEST =
            Set.of(6, 16, 26, 27, 36, 38, 41, 43, 44, 46, 47, 53, 57, 62, 69, 70, 72, 82, 115, 117);
    private static final int INTERNAL_ERROR = 500;

    private final Chdb engine;

    private ChdbHttpServer(Chdb engine) {
        this.engine = engine;
    }

    /** Arguments: the library, the data folder, the port on 127.0.0.1. */
    public static void main(String[] arguments) throws Exception {
        var engine = new Chdb(Path.of(arguments[0]), Path.of(arguments[1]));
        // Held for the life of the process: the engine ends with its last connection.
        Chdb.Connection first = engine.connect(List.of());
        first.query("SELECT 1".getBytes(StandardCharsets.UTF_8), "Null");

        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[2]));
        var server = HttpServer.create(address, 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", new ChdbHttpServer(engine)::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Map<String, String> parameters = parameters(exchange.getRequestURI().getRawQuery());
            Headers headers = exchange.getResponseHeaders();
            headers.set("X-ClickHouse-Server-Display-Name", "gravity-local");
            headers.set("X-ClickHouse-Timezone", "UTC");
            headers.set(
                    "X-ClickHouse-Query-Id",
                    Optional.ofNullable(parameters.get("query_id"))
                            .orElseGet(() -> UUID.randomUUID().toString()));
            headers.set("Content-Type", "text/plain; charset=UTF-8");
            byte[] request = request(exchange, parameters);
            if (request.length == 0) {
                send(exchange, "Ok.\n".getBytes(StandardCharsets.UTF_8));
                return;
            }
            try {
                answer(exchange, parameters, request);
            } catch (Chdb.QueryException e) {
                refuse(exchange, e.getMessage());
            }
        } catch (IOException e) {
            log("A request broke off", e);
            throw e;
        } catch (RuntimeException e) {
            log("A request failed", e);
            refuse(exchange, "Code: 1001. DB::Exception: " + e + " (STD_EXCEPTION)");
        }
    }

    private void answer(HttpExchange exchange, Map<String, String> parameters, byte[] request)
            throws Chdb.QueryException, IOException {
        Optional<InsertStatement> insert = InsertStatement.parse(request);
        String format = insert.isPresent() ? insert.get().format() : outputFormat(exchange, parameters, request);
        Chdb.Answer answer;
        try (var connection = engine.connect(settings(parameters))) {
            String database = parameters.getOrDefault(
                    "database",
                    Optional.ofNullable(exchange.getRequestHeaders().getFirst("X-ClickHouse-Database"))
                            .orElse(""));
            if (!database.isEmpty()) {
                String use = "USE `" + database.replace("`", "``") + "`";
                connection.query(use.getBytes(StandardCharsets.UTF_8), "Null");
            }
            answer = insert.isPresent()
                    ? connection.insert(
                            insert.get().sql(),
                            insert.get().format(),
                            insert.get().rows())
                    : connection.query(request, format);
        }

        Headers headers = exchange.getResponseHeaders();
        headers.set("X-ClickHouse-Format", format);
        headers.set("X-ClickHouse-Summary", summary(answer));
        byte[] body = insert.isPresent() ? new byte[0] : answer.body();
        if (isOn(parameters, "compress")) {
            body = CompressedBlocks.compress(body);
        } else if (isOn(parameters, "enable_http_compression")
                && String.valueOf(exchange.getRequestHeaders().get("Accept-Encoding"))
                        .contains("gzip")) {
            headers.set("Content-Encoding", "gzip");
            body = gzip(body);
        }
        send(exchange, body);
    }

    /** The statement: the parameter, the body, or the one continued by the other. */
    private static byte[] request(HttpExchange exchange, Map<String, String> parameters) throws IOException {
        byte[] body;
        try (InputStream in =
                decoded(exchange.getRequestBody(), exchange.getRequestHeaders().getFirst("Content-Encoding"))) {
            body = in.readAllBytes();
        }
        if (isOn(parameters, "decompress")) {
            body = CompressedBlocks.decompress(body);
        }
        if (!parameters.containsKey("query")) {
            return body;
        }
        byte[] query = parameters.get("query").getBytes(StandardCharsets.UTF_8);
        if (body.length == 0) {
            return query;
        }
        var both = new ByteArrayOutputStream(query.length + 1 + body.length);
        both.writeBytes(query);
        both.write('\n');
        both.writeBytes(body);
        return both.toByteArray();
    }

    private static InputStream decoded(InputStream in, String encoding) throws IOException {
        return switch (encoding == null ? "identity" : encoding) {
            case "identity" -> in;
            case "gzip" -> new GZIPInputStream(in);
            case "deflate" -> new InflaterInputStream(in);
            case "lz4" -> new LZ4FrameInputStream(in);
            default -> throw new IOException("Content-Encoding " + encoding + " is not supported");
        };
    }

    private static String outputFormat(HttpExchange exchange, Map<String, String> parameters, byte[] request) {
        var explicit = LAST_FORMAT.matcher(new String(request, StandardCharsets.UTF_8));
        if (explicit.find()) {
            return explicit.group(1);
        }
        return Optional.ofNullable(parameters.get("default_format"))
                .or(() -> Optional.ofNullable(exchange.getRequestHeaders().getFirst("X-ClickHouse-Format")))
                .orElse("TabSeparated");
    }

    private static List<String> settings(Map<String, String> parameters) {
        var settings = new ArrayList<String>();
        parameters.forEach((name, value) -> {
            if (!NOT_SETTINGS.contains(name)) {
                settings.add("--" + name + "=" + value);
            }
        });
        return settings;
    }

    private static void refuse(HttpExchange exchange, String message) throws IOException {
        var code = ERROR_CODE.matcher(message);
        int number = code.find() ? Integer.parseInt(code.group(1)) : 1001;
        exchange.getResponseHeaders().set("X-ClickHouse-Exception-Code", Integer.toString(number));
        byte[] body = (message + "\n").getBytes(StandardCharsets.UTF_8);
        int status = NOT_FOUND.contains(number) ? 404 : BAD_REQUEST.contains(number) ? 400 : INTERNAL_ERROR;
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    private static void send(HttpExchange exchange, byte[] body) throws IOException {
        exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    private static String summary(Chdb.Answer answer) {
        return String.format(
                "{\"read_rows\":\"%d\",\"read_bytes\":\"%d\",\"written_rows\":\"%d\",\"written_bytes\":\"%d\","
                        + "\"total_rows_to_read\":\"0\",\"result_rows\":\"%d\",\"result_bytes\":\"%d\",\"elapsed_ns\":\"0\"}",
                answer.rowsRead(),
                answer.bytesRead(),
                answer.rowsWritten(),
                answer.bytesWritten(),
                answer.rowsWritten(),
                answer.bytesWritten());
    }

    private static Map<String, String> parameters(String rawQuery) {
        var parameters = new LinkedHashMap<String, String>();
        if (rawQuery != null) {
            for (String pair : rawQuery.split("&", -1)) {
                int equals = pair.indexOf('=');
                if (equals > 0) {
                    parameters.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
                }
            }
        }
        return parameters;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static boolean isOn(Map<String, String> parameters, String name) {
        String value = parameters.getOrDefault(name, "0");
        return value.equals("1") || value.equals("true");
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(out)) {
            new ByteArrayInputStream(plain).transferTo(zip);
        }
        return out.toByteArray();
    }

    /** Standard error is the server's log. */
    private static void log(String what, Exception problem) {
        PrintStream log = System.err;
        log.println(what);
        problem.printStackTrace(log);
    }
}
