package io.gravity.local.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the repository lies, with {@code sql} and {@code conf}. */
public final class Home {
    private Home() {}

    /**
     * The folder that system property {@code gravity.home} names, else the nearest of the working directory and those
     * above it that has {@code sql/source}.
     */
    public static Path find() {
        return Optional.ofNullable(System.getProperty("gravity.home"))
                .map(Path::of)
                .orElseGet(Home::above);
    }

    private static Path above() {
        Path start = Path.of("").toAbsolutePath();
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve("sql/source"))) {
                return folder;
            }
        }
        throw new IllegalStateException("there is no sql/source in " + start
                + " or above it: run from Gravity's folder, or name it with -Dgravity.home=FOLDER");
    }
}
