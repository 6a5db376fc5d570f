package io.gravity.local;

import java.nio.file.Path;
import java.util.logging.LogManager;

/** Sends what libraries log into a file, so that the terminal is for people. */
public final class Logs {
    private Logs() {}

    /** Has to be called before the first logger is made. */
    public static void toFile(Path file) {
        System.setProperty("gravity.log", file.toString());
        System.setProperty("log4j2.configurationFile", "classpath:log4j2-local.properties");
        // The binlog client logs through the JDK, to the terminal unless told otherwise; its failures show elsewhere.
        LogManager.getLogManager().reset();
    }
}
