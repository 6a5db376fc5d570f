package io.gravity.local.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceModelTest {
    private static final Clock NOON = Clock.fixed(Instant.parse("2026-01-02T12:00:00.123456Z"), ZoneOffset.UTC);

    @ParameterizedTest
    @ValueSource(strings = {Workload.USER_MASTER, Workload.ORDER_DB, Workload.LOG_DB})
    void drawsTheSameFromTheSameSeed(String source) {
        assertThat(history(source, 7)).isEqualTo(history(source, 7)).isNotEqualTo(history(source, 8));
    }

    @Test
    void mixesInsertsUpdatesDeletesAndKeyChanges() {
        var model = Workload.model(Workload.ORDER_DB, options(1), NOON);
        model.preload(5_000);
        var statements = IntStream.range(0, 5_000)
                .mapToObj(i -> model.next())
                .flatMap(transaction -> transaction.statements().stream())
                .toList();

        assertThat(share(statements, "^DELETE .*")).isBetween(0.07, 0.13);
        assertThat(share(statements, "^(INSERT|UPDATE) .*")).isBetween(0.87, 0.93);
        assertThat(share(statements, "(?s).* SET (order_)?id = .*")).isBetween(0.03, 0.07);
    }

    @Test
    void countsARowForEachStatementButMultiRowInserts() {
        var model = Workload.model(Workload.USER_MASTER, options(1), NOON);
        model.preload(1_000);

        assertThat(model.burst()).satisfies(burst -> {
            assertThat(burst.size()).isEqualTo(burst.statements().size()).isGreaterThan(100);
            assertThat(burst.script()).startsWith("BEGIN; ").endsWith("; COMMIT");
        });
    }

    @Test
    void bringsDeletedKeysBack() {
        var keys = new LiveKeys(1);
        long first = keys.fresh();
        keys.fresh();
        keys.remove(0);

        assertThat(keys.revived()).isEqualTo(first);
        assertThat(keys.revived()).isEqualTo(3);
    }

    @Test
    void continuesBehindTheKeysThatATableHolds() {
        var keys = new LiveKeys(1);
        keys.fresh();
        keys.reset(new long[] {4, 9});

        assertThat(keys.size()).isEqualTo(2);
        assertThat(keys.fresh()).isEqualTo(10);
    }

    @Test
    void quotesWhatSqlWouldTakeForSyntax() {
        assertThat(Draw.quoted("O'Neill\\")).isEqualTo("'O''Neill\\\\'");
    }

    @Test
    void refusesAnUnknownSource() {
        assertThatThrownBy(() -> Workload.model("other", options(1), NOON))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected a source of [user-master, order-db, log-db], found \"other\"");
    }

    private static List<String> history(String source, long seed) {
        var model = Workload.model(source, options(seed), NOON);
        var scripts = new ArrayList<String>();
        model.preload(300).forEach(transaction -> scripts.add(transaction.script()));
        for (int i = 0; i < 300; i++) {
            scripts.add(model.next().script());
        }
        return scripts;
    }

    private static WorkloadOptions options(long seed) {
        return new WorkloadOptions(seed, 1_000, Set.of(), 0.1);
    }

    private static double share(List<String> statements, String pattern) {
        return (double) statements.stream()
                        .filter(sql -> sql.matches(pattern.startsWith("(?s)") ? pattern : "(?s)" + pattern))
                        .count()
                / statements.size();
    }
}
