package io.gravity.local.demo;

import io.gravity.local.ExitSignal;
import io.gravity.local.Logs;
import io.gravity.local.TemporaryFolder;

/** {@code Demo [options]}: see {@link DemoOptions#USAGE}. */
public final class Demo {
    private static final int USAGE = 2;

    private Demo() {}

    public static void main(String[] args) {
        DemoOptions options;
        try {
            options = DemoOptions.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(DemoOptions.USAGE);
            System.exit(USAGE);
            return;
        }
        System.exit(run(options));
    }

    private static int run(DemoOptions options) {
        var screen = Screen.ofProcess();
        try (var signal = ExitSignal.onThisThread();
                var folder = TemporaryFolder.create("gravity-demo-")) {
            Logs.toFile(folder.path().resolve("flink.log"));
            boolean equal = false;
            try {
                equal = new DemoRun(options, screen, Home.find(), folder.path()).run();
            } catch (InterruptedException e) {
                screen.line("ending");
                return 1;
            } catch (Exception e) {
                screen.line("FAILED");
                e.printStackTrace(System.err);
            }
            if (!equal) {
                folder.keep();
                screen.line("logs and data are kept in " + folder.path());
            }
            return equal ? 0 : 1;
        } catch (Exception e) {
            System.err.println("clean-up failed: " + e);
            return 1;
        }
    }
}
