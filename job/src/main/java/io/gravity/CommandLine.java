package io.gravity;

import io.gravity.config.Value;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.slf4j.LoggerFactory;

/** What the console's commands have in common: arguments, each refused with what was expected. */
final class CommandLine {

    private CommandLine() {}

    /** No logger comes with the launcher's class path, and its notice of that is not for someone at the console. */
    static void silenceLogging() {
        var err = System.err;
        System.setErr(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        LoggerFactory.getILoggerFactory();
        System.setErr(err);
    }

    /** Returns the argument at a place, the value of the one before. */
    static String value(List<String> args, int at) {
        if (at >= args.size() || args.get(at).startsWith("--")) {
            throw new IllegalArgumentException(args.get(at - 1) + " needs a value");
        }
        return args.get(at);
    }

    /** Returns what a command is to do: its first argument. */
    static <E extends Enum<E>> E action(String command, List<String> args, Class<E> kind) {
        var names = Stream.of(kind.getEnumConstants()).map(Value::nameOf).toList();
        var text = args.isEmpty() ? "" : args.get(0);
        if (!names.contains(text)) {
            int last = names.size() - 1;
            throw new IllegalArgumentException(command + ": found \"" + text + "\", expected "
                    + String.join(", ", names.subList(0, last)) + " or " + names.get(last));
        }
        return kind.getEnumConstants()[names.indexOf(text)];
    }

    /** Returns the job's file: a command's second argument. */
    static Path configuration(String command, List<String> args) {
        if (args.size() < 2 || args.get(1).startsWith("--")) {
            throw new IllegalArgumentException(
                    command + " " + args.get(0) + " needs a configuration file, e.g. conf/orders.yaml");
        }
        return Path.of(args.get(1));
    }

    static URI flink(String text) {
        if (!text.matches("(http://)?(\\[[0-9a-fA-F:]+]|[A-Za-z0-9._-]+):[0-9]{1,5}/?")) {
            throw new IllegalArgumentException(
                    "--flink: found \"" + text + "\", expected http://HOST:PORT, e.g. http://localhost:8081");
        }
        return URI.create(text.startsWith("http") ? text : "http://" + text);
    }

    static JobID job(String text) {
        if (!text.matches("[0-9a-f]{32}")) {
            throw new IllegalArgumentException(
                    "--job: found \"" + text + "\", expected a job's id, 32 hexadecimal digits");
        }
        return JobID.fromHexString(text);
    }

    static String table(String text) {
        if (!text.matches("[^.\\s]+\\.[^\\s]+")) {
            throw new IllegalArgumentException(
                    "--table: found \"" + text + "\", expected database.table at the target, e.g. shop.orders");
        }
        return text;
    }
}
