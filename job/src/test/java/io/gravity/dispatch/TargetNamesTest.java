package io.gravity.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.types.TableNaming;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetNamesTest {
    private static final TableId ORDERS = new TableId("shop", "orders");

    @Test
    void tablesKeepTheirNamesUnlessTheTargetSaysOtherwise() {
        assertThat(new TargetNames("dw", null, List.of()).of(ORDERS)).isEqualTo(ORDERS);
        assertThat(new TargetNames("dw", "ods", List.of()).of(ORDERS)).isEqualTo(new TableId("ods", "orders"));
    }

    @Test
    void theFirstMappingThatMatchesGoesBeforeTheDatabase() {
        var names = new TargetNames(
                "dw",
                "ods",
                List.of(
                        new TableNaming(List.of(), "crm_(\\w+)\\.(\\w+)", "crm.${2}_${1}"),
                        new TableNaming(List.of(new TablePattern("shop.*")), null, "dw_${database}.t_${table}")));
        assertThat(names.of(ORDERS)).isEqualTo(new TableId("dw_shop", "t_orders"));
        assertThat(names.of(new TableId("crm_eu", "users"))).isEqualTo(new TableId("crm", "users_eu"));
        assertThat(names.of(new TableId("log", "x"))).isEqualTo(new TableId("ods", "x"));
    }

    @Test
    void refusesToMakeOneTableOfTwo() {
        var names = new TargetNames("dw", "ods", List.of());
        names.of(ORDERS);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> names.of(new TableId("crm", "orders")))
                    .isInstanceOfSatisfying(
                            GravityException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TARGET_MISCONFIGURED))
                    .hasMessageContaining("target dw: crm.orders and shop.orders would both be written to ods.orders")
                    .hasMessageContaining("table-mapping of the whole job");
        }
        assertThat(names.of(ORDERS)).isEqualTo(new TableId("ods", "orders"));
    }
}
