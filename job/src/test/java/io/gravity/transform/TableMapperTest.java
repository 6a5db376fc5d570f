package io.gravity.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.RowKey;
import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.types.Changes;
import io.gravity.types.TableNaming;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        var transform = new Mapped(mapper("a", mapping(null, "shop.orders_*", "shop.orders")));
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
        assertThat(new Mapped(mapper("a", mapping(null, "shop.items", "dw.items"))).map(insert))
                .isSameAs(insert);
    }

    @Test
    void groupsOfARegularExpressionStandInTheName() {
        var naming = new TableNaming(List.of(), "shop_(\\d+)\\.(orders|items)_\\d+", "dw.${2}_of_${1}");
        var mapper = mapper("a", new TableMapping(null, naming, Map.of(), List.of()));
        assertThat(mapper.target(TableId.parse("shop_7.orders_12"))).isEqualTo(TableId.parse("dw.orders_of_7"));
        assertThat(mapper.target(TableId.parse("my_shop_7.orders_12"))).isEqualTo(TableId.parse("my_shop_7.orders_12"));
    }

    @Test
    void aNameThatLooksLikeATemplateStaysAsItIs() {
        var mapper = mapper("${table}", mapping(null, "*", "dw.${source}_$1_${table}"));
        assertThat(mapper.target(ORDERS)).isEqualTo(TableId.parse("dw.${table}_$1_orders"));
    }

    @Test
    void extraColumnsTellWhereARowComesFrom() {
        var transform = new Mapped(mapper("a", origin(List.of())));
        var update =
                Changes.from("a").of(TableId.parse("shop.orders_07")).at(1, 1).update(42, 2);

        var mapped = transform.map(update);

        int width = update.schema().columnCount();
        assertThat(mapped.schema().columns().subList(width, width + 2))
                .map(Column::name)
                .containsExactly("_source", "_shard");
        assertThat(mapped.after().value(width)).isEqualTo("a");
        assertThat(mapped.after().value(width + 1)).isEqualTo("shard 07");
        assertThat(mapped.after().value(0)).isEqualTo(update.after().value(0));
        assertThat(mapped.key()).isEqualTo(RowKey.of(ORDERS, 42L));
        assertThat(transform.map(update).schema()).isSameAs(mapped.schema());
    }

    @Test
    void rowsOfShardsWithTheSameIdStayApartIfTheirOriginIsPartOfTheKey() {
        var transform = new Mapped(mapper("a", origin(List.of("_shard"))));
        var seven = transform.map(
                Changes.from("a").of(TableId.parse("shop.orders_07")).at(1, 1).insert(42, 1));
        var eight = transform.map(
                Changes.from("a").of(TableId.parse("shop.orders_08")).at(1, 1).insert(42, 1));

        assertThat(seven.target()).isEqualTo(eight.target());
        assertThat(seven.key()).isEqualTo(RowKey.of(ORDERS, 42L, "shard 07")).isNotEqualTo(eight.key());
        assertThat(seven.schema()).isEqualTo(eight.schema());
        assertThat(seven.schema().keyOf(seven.after())).containsExactly(42L, "shard 07");
        var gone = transform.map(
                Changes.from("a").of(TableId.parse("shop.orders_07")).at(2, 1).delete(42));
        assertThat(gone.key()).isEqualTo(seven.key());
        assertThat(gone.after()).isNull();
    }

    @Test
    void refusesAColumnThatTheTableHasItself() {
        var naming = new TableNaming(List.of(new TablePattern("*")), null, "dw.x");
        var transform = new Mapped(mapper("a", new TableMapping(null, naming, Map.of("id", "x"), List.of())));
        assertThatThrownBy(() -> transform.map(Changes.from("a").at(1, 1).insert(42, 1)))
                .isInstanceOf(GravityException.class)
                .hasMessageContaining("adds the column id to dw.x, which a source's table has itself");
    }

    /** The mapping alone. */
    private record Mapped(TableMapper mapper) {
        ChangeEvent map(ChangeEvent event) {
            return mapper.mapped(event.table()).apply(event);
        }
    }

    private static TableMapping origin(List<String> keyColumns) {
        var extra = new LinkedHashMap<String, String>();
        extra.put("_source", "${source}");
        extra.put("_shard", "shard ${1}");
        return new TableMapping(
                null, new TableNaming(List.of(), "shop\\.orders_(\\d+)", "shop.orders"), extra, keyColumns);
    }

    private static TableMapper mapper(String source, TableMapping... mappings) {
        return new TableMapper(source, List.of(mappings));
    }

    private static TableMapping mapping(String source, String table, String target) {
        return new TableMapping(source, List.of(new TablePattern(table)), target);
    }
}
