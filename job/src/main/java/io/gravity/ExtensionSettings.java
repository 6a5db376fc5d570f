package io.gravity;

import io.gravity.config.Problems;
import io.gravity.config.Section;
import io.gravity.config.Value;
import io.gravity.extension.ExtensionJars;
import io.gravity.extension.JarInspection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code extensions}: jars of users' own, or folders of such. */
final class ExtensionSettings {
    private static final String PATH = "a jar, or a folder of jars, e.g. /opt/gravity/acme-rules.jar";

    private final Path folder;
    private final Problems problems;
    /** Where the file names each jar; also those that only others need. */
    private final Map<Path, Value> jars = new LinkedHashMap<>();

    /** Creates a reader; relative paths start at the folder. */
    ExtensionSettings(Path folder, Problems problems) {
        this.folder = folder;
        this.problems = problems;
    }

    /** Returns the jars under {@code extensions}, also after a problem: what can be found in them is not missing. */
    ExtensionJars read(Section root) {
        int before = problems.count();
        var section = root.section("extensions");
        if (!root.has("extensions")) {
            return ExtensionJars.none();
        }
        section.required("path", PATH).ifPresent(value -> {
            if (value.isEmptyList()) {
                value.expected(PATH);
            }
            (value.isList() ? value.items(PATH) : List.of(value)).forEach(this::path);
        });
        section.refuseOthers();
        var files = jars.keySet().stream().map(Path::toString).toList();
        var found = new ArrayList<String>();
        try (var visible = new ExtensionJars(files, List.of()).open()) {
            jars.forEach((jar, value) -> inspect(jar, value, found));
        }
        if (problems.count() == before && found.isEmpty()) {
            section.problem(
                    "path",
                    "found no extension in " + String.join(", ", files) + ", expected a jar with one of "
                            + String.join(", ", JarInspection.registrations())
                            + ", and in it the full name of a class in each line");
        }
        return new ExtensionJars(files, found);
    }

    private static void inspect(Path jar, Value value, List<String> found) {
        var inspection = JarInspection.of(jar);
        inspection.problems().forEach(value::problem);
        found.addAll(inspection.found());
    }

    private void path(Value value) {
        value.text(PATH).ifPresent(text -> {
            try {
                var path = folder.resolve(text).normalize();
                if (text.isBlank() || !Files.exists(path)) {
                    value.problem("there is no " + path + ", expected " + PATH
                            + ". Relative paths start at this file's folder; a job that starts on the cluster"
                            + " looks for them there");
                } else {
                    add(path, value);
                }
            } catch (InvalidPathException | IOException e) {
                value.problem("\"" + text + "\" can't be read: " + e.getMessage());
            }
        });
    }

    private void add(Path path, Value value) throws IOException {
        if (!Files.isDirectory(path)) {
            jars.putIfAbsent(path, value);
            return;
        }
        try (var files = Files.newDirectoryStream(path, "*.jar")) {
            var sorted = new ArrayList<Path>();
            files.forEach(sorted::add);
            sorted.sort(null);
            sorted.forEach(jar -> jars.putIfAbsent(jar, value));
            if (sorted.isEmpty()) {
                value.problem("the folder " + path + " has no file named *.jar");
            }
        }
    }
}
