package io.gravity.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScreenTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Test
    void redrawsATableInPlaceOnATerminal() {
        var screen = new Screen(new PrintStream(bytes, true, StandardCharsets.UTF_8), true);
        screen.table(List.of("a", "b"));
        screen.table(List.of("c", "d"));

        assertThat(printed()).contains("\u001b[2A").endsWith("d\n");
    }

    @Test
    void printsPlainTablesNowAndThenElsewhere() {
        var screen = new Screen(new PrintStream(bytes, true, StandardCharsets.UTF_8), false);
        screen.table(List.of("a"));
        screen.table(List.of("b"));

        assertThat(printed()).isEqualTo("a\n");
    }

    private String printed() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
