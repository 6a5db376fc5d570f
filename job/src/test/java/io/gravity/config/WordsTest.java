package io.gravity.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The small parts: durations, sizes, nearest words, quoting, masking. */
class WordsTest {

    @Property(tries = 500)
    void readsBackEveryDurationItWrites(@ForAll @LongRange(min = -10_000_000_000L, max = 10_000_000_000L) long millis) {
        var duration = Duration.ofMillis(millis);
        assertThat(Durations.parse(Durations.format(duration))).contains(duration);
    }

    @ParameterizedTest
    @CsvSource({
        "0,0ms",
        "1,1ms",
        "1000,1s",
        "1500,1500ms",
        "60000,1m",
        "90000,90s",
        "3600000,1h",
        "604800000,7d",
        "-90000,-90s"
    })
    void writesDurationsInTheLargestExactUnit(long millis, String text) {
        assertThat(Durations.format(Duration.ofMillis(millis))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"''", "10", "ms", "--1s", "1.5s", "1 year", "1S", "999999999999999d"})
    void refusesOtherDurations(String text) {
        assertThat(Durations.parse(text)).isEmpty();
    }

    @Property(tries = 500)
    void readsBackEverySizeItWrites(@ForAll @LongRange(min = 0, max = 1L << 40) long bytes) {
        assertThat(Sizes.parse(Sizes.format(bytes))).hasValue(bytes);
        assertThat(Sizes.parse(Sizes.format(bytes << 10))).hasValue(bytes << 10);
    }

    @ParameterizedTest
    @CsvSource({"abc,abc,0", "abc,abd,1", "abc,acb,1", "abc,ab,1", "'',abc,3", "kitten,sitting,3"})
    void countsEdits(String a, String b, int edits) {
        assertThat(Nearest.distance(a, b)).isEqualTo(edits);
    }

    @Property(tries = 200)
    void countsTheSameEditsBothWays(
            @ForAll @AlphaChars @StringLength(max = 12) String a,
            @ForAll @AlphaChars @StringLength(max = 12) String b) {
        assertThat(Nearest.distance(a, b)).isEqualTo(Nearest.distance(b, a));
    }

    @Test
    void suggestsOnlyWhatIsNear() {
        var words = List.of("max-attempts", "host", "port");
        assertThat(Nearest.to("max-atempts", words)).contains("max-attempts");
        assertThat(Nearest.to("Host", words)).contains("host");
        assertThat(Nearest.to("name", words)).isEmpty();
        assertThat(Nearest.hint("prot", words)).isEqualTo(" Did you mean port?");
        assertThat(Nearest.hint("zzzz", words)).isEmpty();
    }

    @Property(tries = 500)
    void quotesTextsSoThatYamlReadsThemBack(@ForAll String text) {
        boolean wellFormed = text.equals(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
        if (wellFormed) {
            var yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
            Map<String, String> read = yaml.load("x: " + YamlText.quoted(text));
            assertThat(read).containsEntry("x", Placeholders.escape(text));
        }
    }

    @Test
    void escapesPlaceholders() {
        var placeholders = new Placeholders(Path.of("."), name -> "never");
        for (var text : List.of("${env:A}", "$${env:A}", "$$$${file:b}${env:", "${table}", "$")) {
            assertThat(placeholders.resolve(Placeholders.escape(text))).isEqualTo(text);
        }
    }

    @Test
    void masksPropertiesThatSoundLikeCredentials() {
        assertThat(Secret.mask(Map.of(
                        "sasl.jaas.config",
                        "x",
                        "ssl.keystore.password",
                        "x",
                        "trustCertificateKeyStorePassword",
                        "x",
                        "acks",
                        "all")))
                .isEqualTo(Map.of(
                        "sasl.jaas.config",
                        "***",
                        "ssl.keystore.password",
                        "***",
                        "trustCertificateKeyStorePassword",
                        "***",
                        "acks",
                        "all"));
    }
}
