package io.gravity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.source.SourceConfig;
import io.gravity.transform.TableMapping;
import java.util.List;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

class TableWritersTest {
    private static final TableId ORDERS = TableId.parse("shop.orders");

    @Test
    void aTableThatOneSourceReadsIsNotShared() {
        var writers = new TableWriters(sources("shop.*", "stock.*"), List.of());
        assertThat(writers.test(ORDERS)).isFalse();
        assertThat(writers.test(TableId.parse("stock.items"))).isFalse();
    }

    @Test
    void aTableThatTwoSourcesReadIsShared() {
        assertThat(new TableWriters(sources("shop.*", "*"), List.of()).test(ORDERS))
                .isTrue();
    }

    @Test
    void tablesMappedIntoOneAreShared() {
        var mappings = List.of(mapping(null, "stock.orders", "shop.orders"));
        assertThat(new TableWriters(sources("shop.*", "stock.*"), mappings).test(ORDERS))
                .isTrue();
    }

    @Test
    void aTableMappedAwayIsNotWritten() {
        var mappings = List.of(mapping("b", "shop.*", "archive.orders"));
        var writers = new TableWriters(sources("shop.*", "shop.*"), mappings);
        assertThat(writers.test(ORDERS)).isFalse();
        assertThat(writers.test(TableId.parse("archive.orders"))).isFalse();
    }

    @Test
    void inDoubtATableIsShared() {
        var mappings = List.of(mapping(null, "stock.*", "shop.${table}"));
        assertThat(new TableWriters(sources("shop.*", "stock.*"), mappings).test(ORDERS))
                .isTrue();
    }

    @Test
    void oneSourceIsNeverASharedWriter() {
        var one = List.of(TestConfigs.source("a", 1, "*"));
        var mappings = List.of(mapping(null, "shop.orders_*", "shop.orders"));
        assertThat(new TableWriters(one, mappings).test(ORDERS)).isFalse();
    }

    @Test
    void aTableIsAloneUnlessAnotherOfItsSourceMayBeWrittenThere() {
        assertThat(isAlone("shop.orders", "shop.orders")).isTrue();
        assertThat(isAlone("shop.orders", "dw.orders", mapping(null, "shop.orders", "dw.orders")))
                .isTrue();
        assertThat(isAlone("shop.items", "shop.items", mapping(null, "shop.orders", "dw.orders")))
                .isTrue();
        assertThat(isAlone("shop.orders", "dw.orders", mapping(null, "shop.*", "${database}_dw.${table}")))
                .isTrue();
        assertThat(isAlone("shop.orders", "shop.orders", mapping("other", "shop.orders_*", "shop.orders")))
                .as("what another source does is no matter")
                .isTrue();
    }

    @Test
    void aTableOfWhichNobodyKnowsIsNotAlone() {
        assertThat(isAlone("shop.orders_1", "dw.orders", mapping(null, "shop.orders_*", "dw.orders")))
                .isFalse();
        assertThat(isAlone("shop.orders", "dw.orders", mapping(null, "orders", "dw.orders")))
                .as("in which database?")
                .isFalse();
        assertThat(isAlone("shop.orders", "dw.orders", mapping(null, "shop.*", "dw.${table}")))
                .isFalse();
        assertThat(isAlone("shop.old", "shop.orders", mapping(null, "shop.old", "shop.orders")))
                .as("the table of that name is read as well")
                .isFalse();
        assertThat(isAlone("shop.orders", "shop.orders", mapping(null, "shop.old", "shop.orders")))
                .isFalse();
    }

    private static boolean isAlone(String table, String target, TableMapping... mappings) {
        return TableWriters.alone(TestConfigs.source("a", 1, "shop.*"), List.of(mappings))
                .test(TableId.parse(table), TableId.parse(target));
    }

    @Test
    void aTableThatAMappingLeadsToMayHaveSeveralTablesBehindIt() {
        var one = List.of(TestConfigs.source("a", 1, "*"));
        var mapped = new TableWriters(one, List.of(mapping(null, "shop.orders_*", "shop.orders"))).byTable();
        assertThat(mapped.test(ORDERS)).isTrue();
        assertThat(mapped.test(TableId.parse("shop.items"))).isFalse();
        assertThat(new TableWriters(sources("shop.*", "*"), List.of()).byTable().test(ORDERS))
                .isTrue();
    }

    @Test
    void travelsWithTheGraph() throws Exception {
        var writers = new TableWriters(sources("shop.*", "*"), List.of());
        writers.test(ORDERS);
        assertThat(InstantiationUtil.clone(writers).test(ORDERS)).isTrue();
    }

    private static List<SourceConfig> sources(String tablesOfA, String tablesOfB) {
        return List.of(TestConfigs.source("a", 1, tablesOfA), TestConfigs.source("b", 2, tablesOfB));
    }

    private static TableMapping mapping(String source, String table, String target) {
        return new TableMapping(source, List.of(new TablePattern(table)), target);
    }
}
