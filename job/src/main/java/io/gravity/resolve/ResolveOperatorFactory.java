package io.gravity.resolve;

import io.gravity.event.ChangeEvent;
import io.gravity.types.SharedTables;
import java.util.Map;
import java.util.Set;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.CoordinatedOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Makes the resolve stage: an operator of its own, since a stop has to reach all subtasks. */
public final class ResolveOperatorFactory extends AbstractStreamOperatorFactory<ChangeEvent>
        implements OneInputStreamOperatorFactory<ChangeEvent, ChangeEvent>, CoordinatedOperatorFactory<ChangeEvent> {
    private static final long serialVersionUID = 1L;

    private final ResolveConfig config;
    private final SharedTables shared;
    private final Map<String, Integer> priorities;
    private final Set<String> ends;

    /**
     * Creates the stage.
     *
     * @param shared tells which target tables several sources can write
     * @param priorities priority by source name; 1 is the highest
     * @param ends sources that are targets as well
     */
    public ResolveOperatorFactory(
            ResolveConfig config, SharedTables shared, Map<String, Integer> priorities, Set<String> ends) {
        this.ends = Set.copyOf(ends);
        this.config = config;
        this.shared = shared;
        this.priorities = Map.copyOf(priorities);
        this.chainingStrategy = ChainingStrategy.ALWAYS;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // Flink's signature
    public <T extends StreamOperator<ChangeEvent>> T createStreamOperator(
            StreamOperatorParameters<ChangeEvent> parameters) {
        var id = parameters.getStreamConfig().getOperatorID();
        var events = parameters.getOperatorEventDispatcher();
        var operator = new ResolveOperator(
                config,
                shared,
                priorities,
                ends,
                events.getOperatorEventGateway(id),
                parameters.getProcessingTimeService());
        operator.setup(parameters.getContainingTask(), parameters.getStreamConfig(), parameters.getOutput());
        events.registerEventHandler(id, operator);
        return (T) operator;
    }

    @Override
    public OperatorCoordinator.Provider getCoordinatorProvider(String operatorName, OperatorID operator) {
        return new ConflictCoordinator.Provider(operator);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader loader) {
        return ResolveOperator.class;
    }
}
