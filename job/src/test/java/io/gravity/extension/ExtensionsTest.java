package io.gravity.extension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.error.GravityException;
import io.gravity.udf.ConflictResolver;
import io.gravity.udf.QualityRule;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExtensionsTest {
    @TempDir
    Path jar;

    @Test
    void findsByNameWithEitherLine() throws IOException {
        var rules = registered(Short.class.getName());

        assertThat(rules.named("not-too-long")).isInstanceOf(Short.class);
        assertThat(rules.named("not_too_long")).isInstanceOf(Short.class);
        assertThat(rules.problem("not_too-long")).isEmpty();
        assertThat(rules.named("not-too-long").version()).isEqualTo("unversioned");
    }

    @Test
    void anUnknownNameTellsWhatThereIs() throws IOException {
        assertThat(registered(Short.class.getName()).problem("not-to-long"))
                .contains("no QualityRule \"not-to-long\" is on the class path, expected one of not-too-long."
                        + " Did you mean not-too-long? Name the jar of your own under extensions: {path:"
                        + " ...}; it needs a line in META-INF/services/io.gravity.udf.QualityRule");
        assertThatThrownBy(() -> Extensions.of(ConflictResolver.class).named("theirs"))
                .isInstanceOf(GravityException.class)
                .hasMessageStartingWith(
                        "no ConflictResolver \"theirs\" is on the class path, expected one of mine. Name");
    }

    @Test
    void twoOfOneNameAreRefusedOnlyWhenMeant() throws IOException {
        var rules = registered(Short.class.getName(), Second.class.getName(), Other.class.getName());

        assertThat(rules.problem("not_too_long"))
                .contains("found 2 of the name \"not_too_long\" on the class path: " + Short.class.getName() + ", "
                        + Second.class.getName() + ". Rename or remove all but one");
        assertThat(rules.problem("other")).isEmpty();
    }

    @Test
    void aBrokenOneHarmsNoOther() throws IOException {
        var rules = registered(
                "org.example.Absent",
                ExtensionsTest.class.getName(),
                Failing.class.getName(),
                Nameless.class.getName(),
                Other.class.getName());

        assertThat(rules.named("other")).isInstanceOf(Other.class);
        assertThat(rules.problem("absent")).hasValueSatisfying(text -> assertThat(text)
                .contains(
                        "Not usable: ",
                        "Provider org.example.Absent not found",
                        ExtensionsTest.class.getName() + " not a subtype",
                        Failing.class.getName() + " could not be instantiated",
                        Nameless.class.getName() + ": its name() is empty"));
    }

    @Test
    void aBrokenListHarmsNoOther() throws IOException {
        assertThat(registered("not a class", Other.class.getName()).problem("x"))
                .hasValueSatisfying(
                        text -> assertThat(text).contains("expected one there. Not usable: ", ":1: Illegal"));
    }

    private Extensions<QualityRule> registered(String... classes) throws IOException {
        var list = jar.resolve("META-INF/services/" + QualityRule.class.getName());
        Files.createDirectories(list.getParent());
        Files.writeString(list, String.join("\n", classes));
        return Extensions.of(QualityRule.class, loader());
    }

    private ClassLoader loader() throws MalformedURLException {
        return new URLClassLoader(new URL[] {jar.toUri().toURL()}, getClass().getClassLoader());
    }

    /** A rule that complains of nothing. */
    public abstract static class Contented implements QualityRule {
        @Override
        public Optional<String> complaint(Map<String, Object> row) {
            return Optional.empty();
        }
    }

    public static final class Short extends Contented {
        @Override
        public String name() {
            return "not-too-long";
        }
    }

    public static final class Second extends Contented {
        @Override
        public String name() {
            return "not_too_long";
        }
    }

    public static final class Other extends Contented {
        @Override
        public String name() {
            return "other";
        }
    }

    public static final class Nameless extends Contented {
        @Override
        public String name() {
            return " ";
        }
    }

    public static final class Failing extends Contented {
        public Failing() {
            throw new IllegalStateException("no licence");
        }

        @Override
        public String name() {
            return "failing";
        }
    }
}
