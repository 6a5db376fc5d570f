package io.gravity.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.gravity.event.ChangeEvent;
import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.route.RouteRule.Branch;
import io.gravity.route.RouteRule.Strategy;
import io.gravity.types.Changes;
import io.gravity.types.SharedTables;
import io.gravity.types.Stages;
import java.util.List;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RouteFunctionTest {
    private static final Changes A = Changes.from("a").at(1, 1);

    private OneInputStreamOperatorTestHarness<ChangeEvent, ChangeEvent> stage;

    @BeforeEach
    void open() throws Exception {
        var shop = List.of(new TablePattern("shop.*"));
        var function = new RouteFunction(
                        List.of(
                                new RouteRule(shop, List.of(), Strategy.BROADCAST, List.of("all"), List.of()),
                                new RouteRule(
                                        shop,
                                        List.of(),
                                        Strategy.CONDITIONAL,
                                        List.of("large"),
                                        List.of(new Branch("amount > 3", List.of("large"))))),
                        SharedTables.ALL)
                .to("all", List.of(), List.of())
                .to("large", List.of(), List.of());
        stage = Stages.of(function);
        stage.open();
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    @Test
    void eachTargetHasAnOutputOfItsOwn() throws Exception {
        var small = A.insert(1, 1).resolved(1, true);
        var large = A.insert(2, 100).resolved(1, true);
        var leaves = A.update(2, 2).resolved(2, false);
        stage.processElement(small, 0);
        stage.processElement(large, 0);
        stage.processElement(leaves, 0);

        assertThat(sentTo("all")).containsExactly(small, large, leaves);
        assertThat(sentTo("large")).containsExactly(large, leaves.asDelete());
        assertThat(stage.extractOutputValues()).as("main output").isEmpty();
    }

    @Test
    void anUnroutableChangeGoesNowhere() throws Exception {
        stage.processElement(A.of(TableId.parse("other.table")).insert(1, 1), 0);
        assertThat(stage.getSideOutput(RouteFunction.output("all"))).isNull();
        assertThat(stage.getSideOutput(RouteFunction.output("large"))).isNull();
    }

    private List<ChangeEvent> sentTo(String target) {
        return stage.getSideOutput(RouteFunction.output(target)).stream()
                .map(StreamRecord::getValue)
                .toList();
    }
}
