package io.gravity.transform;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.types.Changes;
import java.util.List;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

class TableMapperTest {
    private static final TableId ORDERS = Changes.ORDERS;

    @Test
    void aTableKeepsItsNameUnlessAMappingMatches() {
        assertThat(mapper("a").target(ORDERS)).isEqualTo(ORDERS);
        assertThat(mapper("a", mapping(null, "shop.items", "dw.items")).target(ORDERS))
                .isEqualTo(ORDERS);
    }

    @Test
    void theFirstMappingThatMatchesGivesTheName() {
        var mapper = mapper("a", mapping(null, "shop.or*", "dw.first"), mapping(null, "shop.*", "dw.second"));
        assertThat(mapper.target(ORDERS)).isEqualTo(TableId.parse("dw.first"));
        assertThat(mapper.target(TableId.parse("shop.items"))).isEqualTo(TableId.parse("dw.second"));
    }

    @Test
    void aMappingOfAnotherSourceDoesNotCount() {
        var mapper = mapper("a", mapping("b", "shop.*", "dw.other"), mapping("a", "shop.*", "dw.own"));
        assertThat(mapper.target(ORDERS)).isEqualTo(TableId.parse("dw.own"));
    }

    @Test
    void fillsInSourceDatabaseAndTable() {
        var mapper = mapper("a", mapping(null, "*", "dw.${source}_${database}_${table}"));
        assertThat(mapper.target(ORDERS)).isEqualTo(TableId.parse("dw.a_shop_orders"));
    }

    @Test
    void shardsMeetInOneTable() {
        var mapper = mapper("a", mapping(null, "shop.orders_??", "shop.orders"));
        assertThat(mapper.target(TableId.parse("shop.orders_01")))
                .isEqualTo(mapper.target(TableId.parse("shop.orders_02")))
                .isEqualTo(ORDERS);
    }

    @Test
    void travelsWithTheGraph() throws Exception {
        var mapper = mapper("a", mapping(null, "shop.*", "dw.orders"));
        mapper.target(ORDERS);
        assertThat(InstantiationUtil.clone(mapper).target(ORDERS)).isEqualTo(TableId.parse("dw.orders"));
    }

    @Test
    void aMappedChangeIsKeyedByTheTargetsRow() {
        var transform = new TransformFunction(mapper("a", mapping(null, "shop.orders_*", "shop.orders")));
        var insert =
                Changes.from("a").of(TableId.parse("shop.orders_07")).at(1, 1).insert(42, 1);

        var mapped = transform.map(insert);

        assertThat(mapped.target()).isEqualTo(ORDERS);
        assertThat(mapped.table()).isEqualTo(insert.table());
        assertThat(mapped.key()).isEqualTo(RowKey.of(ORDERS, 42L));
        assertThat(transform
                        .map(Changes.from("a")
                                .of(TableId.parse("shop.orders_08"))
                                .at(1, 1)
                                .delete(42))
                        .key())
                .isEqualTo(mapped.key());
    }

    @Test
    void aChangeThatKeepsItsTablePassesUntouched() {
        var insert = Changes.from("a").at(1, 1).insert(42, 1);
        assertThat(new TransformFunction(mapper("a", mapping(null, "shop.items", "dw.items"))).map(insert))
                .isSameAs(insert);
    }

    private static TableMapper mapper(String source, TableMapping... mappings) {
        return new TableMapper(source, List.of(mappings));
    }

    private static TableMapping mapping(String source, String table, String target) {
        return new TableMapping(source, List.of(new TablePattern(table)), target);
    }
}
