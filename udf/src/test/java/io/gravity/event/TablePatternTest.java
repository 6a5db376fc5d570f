package io.gravity.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TablePatternTest {

    @ParameterizedTest
    @CsvSource({
        "orders,          shop.orders,   true",
        "orders,          other.orders,  true",
        "orders,          shop.orders2,  false",
        "shop.orders,     shop.orders,   true",
        "shop.orders,     other.orders,  false",
        "shop.*,          shop.orders,   true",
        "shop.*,          shops.orders,  false",
        "sh*.ord?rs,      shop.orders,   true",
        "sh*.ord?rs,      shop.ordrs,    false",
        "*,               any.thing,     true",
        "*.*,             any.thing,     true",
        "order_??,        shop.order_01, true",
        "order_??,        shop.order_1,  false",
        "Orders,          shop.orders,   false",
        "shop.a+b,        shop.a+b,      true",
        "shop.a+b,        shop.aab,      false",
        "shop.a$(1)|b,    shop.a$(1)|b,  true",
        "shop-1.ord-ers,  shop-1.ord-ers, true",
        "[a].b^,          [a].b^,        true",
    })
    void matches(String pattern, String table, boolean expected) {
        assertThat(new TablePattern(pattern).matches(TableId.parse(table))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ".orders", "shop."})
    void refusesWhatNamesNoTable(String text) {
        assertThatThrownBy(() -> new TablePattern(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected table or database.table with * and ? as wildcards, found \"" + text + "\"");
    }

    @Test
    void knowsWhetherItNamesOneTable() {
        assertThat(new TablePattern("shop.orders").isExact()).isTrue();
        assertThat(new TablePattern("shop.order?").isExact()).isFalse();
        assertThat(new TablePattern("shop.*").isExact()).isFalse();
    }

    @Property
    void aNameWithoutWildcardsMatchesItself(
            @ForAll @AlphaChars @Chars({'_', '$', '-', ' ', '+', '(', ']', '\\', '漢'}) @StringLength(min = 1, max = 12)
                    String name) {
        if (!name.isBlank()) {
            assertThat(new TablePattern("db." + name).matches(new TableId("db", name)))
                    .isTrue();
        }
    }

    @Property
    void theRegularExpressionsMeanTheSame(
            @ForAll @Chars({'a', 'b', '_', '?', '*', '-', '$'}) @StringLength(min = 1, max = 6) String pattern,
            @ForAll @Chars({'a', 'b', '_', '-', '$'}) @StringLength(min = 1, max = 6) String name) {
        var table = new TableId("db", name);
        var qualified = new TablePattern("db." + pattern);
        var bare = new TablePattern(pattern);

        assertThat(Pattern.matches(qualified.databaseRegex() + "\\." + qualified.nameRegex(), "db." + name))
                .isEqualTo(qualified.matches(table));
        assertThat(Pattern.matches(bare.databaseRegex() + "\\." + bare.nameRegex(), "db." + name))
                .isEqualTo(bare.matches(table));
    }
}
