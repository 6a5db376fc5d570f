package io.gravity.local;

import io.gravity.SyncConfig;
import io.gravity.SyncConfigLoader;
import io.gravity.config.ConfigException;
import io.gravity.local.flink.LocalFlink;
import io.gravity.local.flink.LocalJob;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * {@code LocalRun CONF} runs a configuration on Flink in this JVM, in the foreground, until Ctrl-C. Nothing is kept for
 * the next run: it starts with a snapshot again.
 */
public final class LocalRun {
    private static final int USAGE = 2;

    private LocalRun() {}

    public static void main(String[] args) {
        if (args.length != 1) {
            System.err.println("usage: gravity run CONF");
            System.exit(USAGE);
        }
        System.exit(run(Path.of(args[0])));
    }

    private static int run(Path file) {
        try (var signal = ExitSignal.onThisThread();
                var folder = TemporaryFolder.create("gravity-run-")) {
            Logs.toFile(folder.path().resolve("flink.log"));
            try {
                return run(SyncConfigLoader.load(file, System::getenv), folder.path());
            } catch (ConfigException e) {
                System.err.println(e.getMessage());
                return 1;
            } catch (InterruptedException e) {
                return 0;
            } catch (Exception e) {
                e.printStackTrace(System.err);
                folder.keep();
                System.err.println("The log is kept in " + folder.path());
                return 1;
            }
        } catch (Exception e) {
            System.err.println("clean-up failed: " + e);
            return 1;
        }
    }

    private static int run(SyncConfig config, Path folder) throws Exception {
        int parallelism = Runtime.getRuntime().availableProcessors();
        try (var flink = LocalFlink.start(config, parallelism, Files.createDirectories(folder.resolve("flink")))) {
            var job = flink.submit(config);
            System.out.println("Running. Flink's web UI: " + flink.webUi() + "  Log: " + folder.resolve("flink.log")
                    + "  Ctrl-C ends.");
            await(job);
            throw new IllegalStateException("the job ended", job.failure().orElse(null));
        }
    }

    private static void await(LocalJob job) throws InterruptedException {
        var never = new CountDownLatch(1);
        while (!job.ended()) {
            never.await(1, TimeUnit.SECONDS);
        }
    }
}
