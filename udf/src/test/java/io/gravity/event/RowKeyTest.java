package io.gravity.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class RowKeyTest {
    private static final TableId ORDERS = TableId.parse("shop.orders");

    @Property
    void sameRowSameKeyAndSameHash(@ForAll("keys") List<Object> values) {
        var one = RowKey.of(ORDERS, values.toArray());
        var two = RowKey.of(new TableId("shop", "orders"), values.toArray());
        var read = RowKey.ofBytes(one.bytes().clone());

        assertThat(two).isEqualTo(one).hasSameHashCodeAs(one);
        assertThat(read).isEqualTo(one).hasSameHashCodeAs(one);
    }

    @Provide
    Arbitrary<List<Object>> keys() {
        return ValuesTest.anyValue().list().ofMinSize(1).ofMaxSize(4);
    }

    @Test
    void hashIsTheSameInEveryJvm() {
        // Written down: state and lanes of earlier savepoints are found by it.
        assertThat(RowKey.of(ORDERS, 1L, "a").hashCode()).isEqualTo(HASH);
    }

    private static final int HASH = java.util.Arrays.hashCode(
            new byte[] {4, 's', 'h', 'o', 'p', 6, 'o', 'r', 'd', 'e', 'r', 's', 1, 2, 2, 1, 'a'});

    @Test
    void partsDoNotRunIntoEachOther() {
        assertThat(RowKey.of(ORDERS, "a", "bc")).isNotEqualTo(RowKey.of(ORDERS, "ab", "c"));
        assertThat(RowKey.of(new TableId("a", "bc"), 1L)).isNotEqualTo(RowKey.of(new TableId("ab", "c"), 1L));
        assertThat(RowKey.of(ORDERS, 1L)).isNotEqualTo(RowKey.of(ORDERS, 1L, null));
    }

    @Test
    void numberAndItsTextAreDifferentRows() {
        assertThat(RowKey.of(ORDERS, 1L)).isNotEqualTo(RowKey.of(ORDERS, "1"));
        assertThat(RowKey.of(ORDERS, 1L)).isNotEqualTo(RowKey.of(ORDERS, BigDecimal.ONE));
    }

    @Test
    void doesNotShowTheValuesInLogs() {
        assertThat(RowKey.of(ORDERS, "someone@example.com").toString()).matches("RowKey@[0-9a-f]+");
    }
}
