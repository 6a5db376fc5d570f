package io.gravity.dispatch.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.TableId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NameTemplateTest {

    @Test
    void fillsInEveryPlaceholder() {
        assertThat(NameTemplate.fill(
                        "${source}/${database}/${table}/${singular}-events", "eu", new TableId("shop", "users")))
                .isEqualTo("eu/shop/users/user-events");
    }

    @ParameterizedTest
    @CsvSource({
        "users, user",
        "order_items, order_item",
        "categories, category",
        "CATEGORIES, CATEGORY",
        "addresses, address",
        "boxes, box",
        "batches, batch",
        "caches, cache",
        "warehouses, warehouse",
        "statuses, status",
        "viruses, virus",
        "status, status",
        "analysis, analysis",
        "class, class",
        "people, person",
        "sales_people, sales_person",
        "用户, 用户",
        "series1, series1",
        "ids, ids",
        "ties, tie"
    })
    void guessesTheSingular(String plural, String singular) {
        assertThat(NameTemplate.singular(plural)).isEqualTo(singular);
    }
}
