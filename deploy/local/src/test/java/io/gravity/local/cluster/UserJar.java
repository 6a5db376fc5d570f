package io.gravity.local.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.udf.ConflictResolver;
import io.gravity.udf.Extension;
import io.gravity.udf.FieldFunction;
import io.gravity.udf.QualityRule;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes.Name;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import javax.tools.ToolProvider;

/** Builds a jar as a user does: from sources that see nothing of Gravity but the module of extension points. */
final class UserJar {
    static final String VERSION = "1.4";

    private static final Map<Class<? extends Extension>, String> EXTENSIONS = Map.of(
            FieldFunction.class, "org.example.SkuFunction",
            QualityRule.class, "org.example.SupplierRule",
            ConflictResolver.class, "org.example.CheapestResolver");

    private UserJar() {}

    /** Builds it; the folder also gets its classes. */
    static Path build(Path folder) throws IOException, URISyntaxException {
        var classes = Files.createDirectories(folder.resolve("user-classes"));
        compile(Path.of(UserJar.class.getResource("/user-jar").toURI()), classes);
        for (var extension : EXTENSIONS.entrySet()) {
            var services = Files.createDirectories(classes.resolve("META-INF/services"));
            Files.writeString(services.resolve(extension.getKey().getName()), extension.getValue() + "\n", UTF_8);
        }
        return pack(classes, folder.resolve("acme.jar"));
    }

    private static void compile(Path sources, Path classes) throws IOException, URISyntaxException {
        var arguments = new ArrayList<>(List.of("--release", "17", "-Xlint:all", "-Werror", "-d", classes.toString()));
        var points = FieldFunction.class.getProtectionDomain().getCodeSource().getLocation();
        arguments.addAll(List.of("-classpath", Path.of(points.toURI()).toString()));
        files(sources).forEach(file -> arguments.add(file.toString()));
        int status = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(new String[0]));
        assertThat(status).as("javac %s", arguments).isZero();
    }

    private static Path pack(Path classes, Path jar) throws IOException {
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Name.IMPLEMENTATION_VERSION, VERSION);
        try (var out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            for (var file : files(classes)) {
                out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, out);
            }
        }
        return jar;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
