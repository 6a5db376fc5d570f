package io.gravity.local.verify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProbeTableTest {

    @Test
    void findsALevelThatTheConditionLetsThrough() {
        assertThat(ProbeTable.level("(log_level = 'INFO')")).isEqualTo("INFO");
        assertThat(ProbeTable.level("(log_level in ('WARN', 'ERROR'))")).isEqualTo("ERROR");
        assertThat(ProbeTable.level("TRUE")).isEqualTo("INFO");
    }

    @Test
    void readsTheNumberOfAProbeAndOfNothingElse() {
        assertThat(ProbeTable.number(ProbeTable.mark(42))).isEqualTo(42);
        assertThat(ProbeTable.number("green market")).isEqualTo(-1);
        assertThat(ProbeTable.number(null)).isEqualTo(-1);
    }
}
