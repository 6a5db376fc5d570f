package io.gravity;

import static io.gravity.extension.TestJars.FUNCTIONS;
import static io.gravity.extension.TestJars.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gravity.config.ConfigException;
import io.gravity.config.Problem;
import io.gravity.event.ColumnType.Kind;
import io.gravity.extension.TestJars;
import io.gravity.udf.FieldFunction;
import io.gravity.udf.QualityRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExtensionSettingsTest {
    private static final String RULES = "META-INF/services/" + QualityRule.class.getName();

    @TempDir
    private Path folder;

    @Test
    void findsWhatIsOnNoClassPathAndShipsTheJar() throws Exception {
        var jar = TestJars.writeSayTwice(folder.resolve("twice.jar"));
        var config = load("path: twice.jar", correction("say_twice"));

        assertThat(config.extensions().files()).containsExactly(jar.toString());
        assertThat(config.render())
                .contains("# FieldFunction say_twice, unversioned, of twice.jar\n    path: [\"" + jar);
        assertThat(load("path: [\"" + jar + "\"]", correction("say_twice"))).isEqualTo(config);
        assertThat(Thread.currentThread().getContextClassLoader())
                .as("nothing is left behind")
                .isSameAs(getClass().getClassLoader());
        try (var env = new StreamExecutionEnvironment()) {
            SyncJob.build(env, config);

            assertThat(env.getConfiguration().get(PipelineOptions.JARS))
                    .containsExactly(jar.toUri().toURL().toString());
        }
    }

    @Test
    void takesAllJarsOfAFolder() throws IOException {
        Files.createDirectory(folder.resolve("jars"));
        var library = jar("jars/a-library.jar", Map.of(TestJars.SAY_TWICE, TestJars.sayTwice()));
        var registration = jar("jars/b.jar", Map.of(FUNCTIONS, bytes("org.example.SayTwice")));
        Files.writeString(folder.resolve("jars/notes.txt"), "no jar");

        assertThat(load("path: jars/", correction("say_twice")).extensions().files())
                .containsExactly(library.toString(), registration.toString());
    }

    @Test
    void refusesPathsWithoutExtensions() throws IOException {
        jar("empty.jar", Map.of("x", new byte[0]));
        Files.createDirectory(folder.resolve("bare"));
        Files.writeString(folder.resolve("text.jar"), "no jar");

        assertThat(problems("path: absent.jar"))
                .containsExactly("line 3  extensions.path: there is no " + folder.resolve("absent.jar")
                        + ", expected a jar, or a folder of jars, e.g. /opt/gravity/acme-rules.jar. Relative paths start at"
                        + " this file's folder; a job that starts on the cluster looks for them there");
        assertThat(problems("path: [empty.jar, bare]"))
                .containsExactly("line 3  extensions.path[1]: the folder " + folder.resolve("bare")
                        + " has no file named *.jar");
        assertThat(problems("path: text.jar")).singleElement().asString().contains("text.jar can't be read as a jar");
        assertThat(problems("path: empty.jar"))
                .singleElement()
                .asString()
                .startsWith("line 3  extensions.path: found no extension in " + folder.resolve("empty.jar")
                        + ", expected a jar with one of " + FUNCTIONS + ", ");
        assertThat(problems("path: []")).singleElement().asString().contains("found an empty list, expected a jar");
        assertThat(problems("jars: x.jar"))
                .containsExactlyInAnyOrder(
                        "line 2  extensions.path: missing, expected a jar, or a folder of jars, e.g."
                                + " /opt/gravity/acme-rules.jar",
                        "line 3  extensions.jars: unknown key. Known here: path");
    }

    @Test
    void refusesWhatCannotBeAnExtension() throws IOException {
        var later = TestJars.sayTwice();
        later[7] += 10;
        var jar = jar(
                "bad.jar",
                Map.of(
                        FUNCTIONS,
                        registered(
                                "org.example.Absent",
                                "org.example.SayTwice",
                                names(Abstract.class, WithArgument.class, Failing.class, Nameless.class, Silent.class)),
                        RULES,
                        registered(names(Shouting.class)),
                        TestJars.SAY_TWICE,
                        later));
        var named = jar + ": " + FUNCTIONS + " names ";
        var own = ExtensionSettingsTest.class.getName() + "$";

        assertThat(problems("path: bad.jar"))
                .map(problem -> problem.replace("line 3  extensions.path: ", ""))
                .containsExactly(
                        named + "org.example.Absent, which is in no jar. Pack the class, or remove the line",
                        named
                                + "org.example.SayTwice, which is compiled for a later Java. Compile it with --release 17",
                        named + own
                                + "Abstract, which is abstract, or not public, or its constructor is not. Make it a public class",
                        named + own + "WithArgument, which has no constructor without arguments. Add one",
                        named + own + "Failing, whose constructor throws java.lang.IllegalStateException: no licence."
                                + " It must not",
                        jar + ": " + own + "Nameless: its name() returns nothing. Make it return what it stands for",
                        jar + ": " + own
                                + "Nameless: its version() throws java.lang.IllegalStateException: which. Make it return"
                                + " a constant",
                        jar + ": " + own
                                + "Silent: its accepts() is empty, expected the kinds of columns that it takes",
                        jar + ": " + RULES + " names " + own
                                + "Shouting, which does not implement that interface. Correct the line or the class");
    }

    @Test
    void refusesTwoOfOneName() throws IOException {
        jar("a.jar", Map.of(FUNCTIONS, registered(names(Shouting.class))));
        var jar = jar("b.jar", Map.of(FUNCTIONS, registered(names(Trimming.class))));

        assertThat(problems("path: [a.jar, b.jar]"))
                .containsExactly(
                        "line 3  extensions.path[1]: " + jar + ": found 2 of the name \"trim\" on the class path: "
                                + "io.gravity.udf.functions.Trim, " + Trimming.class.getName()
                                + ". Rename or remove all but one");
    }

    private SyncConfig load(String extensions, String more) {
        try {
            var file = Files.writeString(folder.resolve("job.yaml"), """
                    gravity:
                      extensions:
                        %s
                      sources:
                        - {name: s, type: mysql, host: h, username: u, password: p, tables: [t]}
                      targets:
                        - {name: m, type: mysql, host: h, username: u, password: p}
                      %s
                    """.formatted(extensions, more));
            return SyncConfigLoader.load(file, name -> null);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> problems(String extensions) {
        var refusal = catchThrowableOfType(ConfigException.class, () -> load(extensions, ""));
        assertThat(refusal).isNotNull();
        return refusal.problems().stream().map(Problem::toString).toList();
    }

    private static String correction(String function) {
        return "auto-repair: {format-correction: {corrections: {a: {correction: " + function + "}}}}";
    }

    private Path jar(String name, Map<String, byte[]> entries) throws IOException {
        return TestJars.write(folder.resolve(name), entries);
    }

    private static byte[] registered(String... classes) {
        return bytes(String.join("\n", classes));
    }

    private static String names(Class<?>... classes) {
        return Arrays.stream(classes).map(Class::getName).collect(Collectors.joining("\n"));
    }

    /** A function that changes nothing. */
    public abstract static class Abstract implements FieldFunction {
        @Override
        public Object apply(Object value) {
            return value;
        }
    }

    public static final class WithArgument extends Abstract {
        private final String name;

        public WithArgument(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }
    }

    public static final class Failing extends Abstract {
        public Failing() {
            throw new IllegalStateException("no licence");
        }

        @Override
        public String name() {
            return "failing";
        }
    }

    public static final class Nameless extends Abstract {
        @Override
        public String name() {
            return " ";
        }

        @Override
        public String version() {
            throw new IllegalStateException("which");
        }
    }

    public static final class Silent extends Abstract {
        @Override
        public String name() {
            return "silent";
        }

        @Override
        public Set<Kind> accepts() {
            return Set.of();
        }
    }

    public static final class Shouting extends Abstract {
        @Override
        public String name() {
            return "shout_it";
        }
    }

    public static final class Trimming extends Abstract {
        @Override
        public String name() {
            return "trim";
        }
    }
}
