package io.gravity.extension;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.udf.FieldFunction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;

/** Makes jars that are on no class path of this build. */
public final class TestJars {
    /** Where a jar registers field functions. */
    public static final String FUNCTIONS = "META-INF/services/" + FieldFunction.class.getName();

    /** The name of {@link #sayTwice} in a jar. */
    public static final String SAY_TWICE = "org/example/SayTwice.class";

    private static final String SOURCE = """
            package org.example;

            public final class SayTwice implements io.gravity.udf.FieldFunction {
                @Override
                public String name() {
                    return "say_twice";
                }

                @Override
                public Object apply(Object value) {
                    return value + " " + value;
                }
            }
            """;

    private TestJars() {}

    public static Path write(Path jar, Map<String, byte[]> entries) throws IOException {
        try (var zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (var entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
        return jar;
    }

    /** Writes a jar with the function {@code say_twice}. */
    public static Path writeSayTwice(Path jar) throws IOException {
        return write(jar, Map.of(FUNCTIONS, bytes("org.example.SayTwice # ours"), SAY_TWICE, sayTwice()));
    }

    /** Compiles the class of the function {@code say_twice}. */
    public static byte[] sayTwice() throws IOException {
        var folder = Files.createTempDirectory("say-twice");
        var source = Files.writeString(folder.resolve("SayTwice.java"), SOURCE);
        var compiled = folder.resolve(SAY_TWICE);
        int status = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "--release", "17", "-d", folder.toString(), source.toString());
        assertThat(status).isZero();
        var bytes = Files.readAllBytes(compiled);
        for (var file : new Path[] {
            source, compiled, compiled.getParent(), compiled.getParent().getParent(), folder
        }) {
            Files.delete(file);
        }
        return bytes;
    }

    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
