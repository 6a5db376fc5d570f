package io.gravity.expression;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import java.time.Duration;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AutomatonTest {

    /** Any expression of those parts, so also such as backtrack for ever elsewhere. */
    @Property(tries = 3_000)
    void saysWhatRe2Says(@ForAll("expressions") String pattern, @ForAll("texts") String text) {
        Automaton.of(pattern).ifPresent(automaton -> {
            assertThat(automaton.finds(text))
                    .as("%s in %s", pattern, text)
                    .isEqualTo(Pattern.compile(pattern).matcher(text).find());
            assertThat(automaton.finds(text)).isEqualTo(automaton.finds(text));
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "^[\\w.-]+@[\\w.-]+\\.[a-zA-Z]{2,}$",
                "^1[3-9]\\d{9}$",
                "^(\\+86)?1[3-9]\\d{9}$",
                "\\s+|[A-Z]",
                "^[^@]+@[^@]+$",
                "^(?:a|b)*?c{0,3}$",
                "^[一-龥]+$"
            })
    void knowsWhatPeopleWrite(String pattern) {
        assertThat(Automaton.of(pattern)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"(?i)a", "\\bword\\b", "^a|b$", "\\p{Han}", "a$b", "[[:alpha:]]", "x{1000}{3}", "(a{50}){50}"})
    void leavesTheRestToRe2(String pattern) {
        assertThat(Automaton.of(pattern)).isEmpty();
    }

    @Test
    void forgetsStatesRatherThanGrow() {
        // The places of the last 12 characters: 4,096 states.
        var automaton = Automaton.of("a[ab]{11}$").orElseThrow();
        var text = new StringBuilder();
        var random = new java.util.Random(7);
        for (int i = 0; i < 20_000; i++) {
            text.append(random.nextBoolean() ? 'a' : 'b');
        }
        var re2 = Pattern.compile("a[ab]{11}$");
        for (int cut = 20_000; cut > 19_950; cut--) {
            var part = text.substring(0, cut);
            assertThat(automaton.finds(part)).isEqualTo(re2.matcher(part).find());
        }
    }

    @Test
    void readsALongTextInLinearTime() {
        var text = "a".repeat(16 << 20) + "!";
        var automaton = Automaton.of("^(a+)+$").orElseThrow();
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(5), () -> assertThat(automaton.finds(text)).isFalse());
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of("a", "b", "c", "A", "1", ".", "-", "@", " ", "\n", "é", "😀", "\ud83d")
                .list()
                .ofMaxSize(12)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<String> expressions() {
        var anchors = Arbitraries.of(true, false);
        return Combinators.combine(anchors, choices(3), anchors)
                .as((start, inner, end) -> (start ? "^" : "") + inner + (end ? "$" : ""));
    }

    private static Arbitrary<String> choices(int depth) {
        return sequences(depth).list().ofMinSize(1).ofMaxSize(2).map(branches -> String.join("|", branches));
    }

    private static Arbitrary<String> sequences(int depth) {
        var atoms = Arbitraries.of(
                "a", "b", "é", "😀", ".", "\\d", "\\w", "\\S", "\\W", "\\.", "[a-b]", "[^a]", "[\\w.-]", "[^\\d@]",
                "[-a]", "[a1-9]");
        Arbitrary<String> parts = depth == 0
                ? atoms
                : Arbitraries.frequencyOf(
                        net.jqwik.api.Tuple.of(4, atoms),
                        net.jqwik.api.Tuple.of(1, choices(depth - 1).map(inner -> "(" + inner + ")")),
                        net.jqwik.api.Tuple.of(1, choices(depth - 1).map(inner -> "(?:" + inner + ")")));
        var repeats = Arbitraries.of("", "", "", "*", "+", "?", "{2}", "{0,2}", "{1,}", "*?");
        return Combinators.combine(parts, repeats)
                .as((part, repeat) -> part + repeat)
                .list()
                .ofMaxSize(4)
                .map(all -> String.join("", all));
    }
}
