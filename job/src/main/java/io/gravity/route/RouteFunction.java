package io.gravity.route;

import io.gravity.event.ChangeEvent;
import io.gravity.event.TablePattern;
import io.gravity.types.EventTypes;
import io.gravity.types.SharedTables;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends each change into the side outputs of the targets it is for. Stateless; the main output stays empty. */
public final class RouteFunction extends ProcessFunction<ChangeEvent, ChangeEvent> {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(RouteFunction.class);

    private final ArrayList<RouteRule> rules;
    private final SharedTables shared;
    private final ArrayList<RouteTable.Target> targets = new ArrayList<>();
    private final ArrayList<OutputTag<ChangeEvent>> outputs = new ArrayList<>();
    private final ArrayList<Home> homes = new ArrayList<>();

    private transient RouteTable table;
    private transient RouteTable.Delivery[] deliveries;
    private transient Counter unroutable;

    /**
     * Creates a router.
     *
     * @param shared target tables whose rows' before images do not tell what the targets hold
     */
    public RouteFunction(List<RouteRule> rules, SharedTables shared) {
        this.rules = new ArrayList<>(rules);
        this.shared = shared;
    }

    /** Tells whether a change comes from the very table that the target would write. */
    @FunctionalInterface
    public interface Home extends Serializable {
        boolean test(ChangeEvent change);
    }

    /** Adds a target that no change comes from; {@link #output} then gives its stream. */
    public RouteFunction to(String target, List<TablePattern> tables, List<TablePattern> exclude) {
        return to(target, tables, exclude, change -> false);
    }

    /** Adds a target; a change does not go back to where it comes from, and an echo goes nowhere else. */
    public RouteFunction to(String target, List<TablePattern> tables, List<TablePattern> exclude, Home home) {
        homes.add(home);
        targets.add(new RouteTable.Target(target, List.copyOf(tables), List.copyOf(exclude)));
        outputs.add(output(target));
        return this;
    }

    /** Returns the side output of a target. */
    public static OutputTag<ChangeEvent> output(String target) {
        return new OutputTag<>("to-" + target, EventTypes.CHANGE);
    }

    @Override
    public void open(OpenContext context) {
        table = new RouteTable(rules, targets, shared, LOG::warn);
        deliveries = new RouteTable.Delivery[targets.size()];
        unroutable = getRuntimeContext().getMetricGroup().counter("unroutableChanges");
    }

    @Override
    public void processElement(ChangeEvent event, Context context, Collector<ChangeEvent> out) {
        if (!table.route(event, deliveries)) {
            unroutable.inc();
        }
        for (int i = 0; i < deliveries.length; i++) {
            if (deliveries[i] != RouteTable.Delivery.NOTHING && homes.get(i).test(event) != event.isEcho()) {
                continue;
            }
            switch (deliveries[i]) {
                case NOTHING -> {}
                case ROW -> context.output(outputs.get(i), event);
                case DELETE -> context.output(outputs.get(i), event.asDelete());
            }
        }
    }
}
