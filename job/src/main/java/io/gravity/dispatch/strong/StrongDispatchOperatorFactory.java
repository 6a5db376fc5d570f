package io.gravity.dispatch.strong;

import io.gravity.audit.DeadLetters;
import io.gravity.dispatch.TargetConfig;
import io.gravity.event.ChangeEvent;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Makes the dispatcher of one target with {@code consistency: strong}. */
public final class StrongDispatchOperatorFactory extends AbstractStreamOperatorFactory<ChangeEvent>
        implements OneInputStreamOperatorFactory<ChangeEvent, ChangeEvent> {
    private static final long serialVersionUID = 1L;

    private final String target;
    private final TargetConfig.Delivery delivery;
    private final LedgerWriters writers;
    private final DeadLetters letters;

    /** Creates it; without {@code letters}, which may be {@code null}, no row is ever given up. */
    public StrongDispatchOperatorFactory(
            String target, TargetConfig.Delivery delivery, LedgerWriters writers, DeadLetters letters) {
        this.target = target;
        this.delivery = delivery;
        this.writers = writers;
        this.letters = letters;
        this.chainingStrategy = ChainingStrategy.ALWAYS;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // Flink's signature
    public <T extends StreamOperator<ChangeEvent>> T createStreamOperator(
            StreamOperatorParameters<ChangeEvent> parameters) {
        var operator = new StrongDispatchOperator(
                target,
                delivery,
                writers,
                letters,
                parameters.getProcessingTimeService(),
                parameters.getMailboxExecutor());
        operator.setup(parameters.getContainingTask(), parameters.getStreamConfig(), parameters.getOutput());
        return (T) operator;
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader loader) {
        return StrongDispatchOperator.class;
    }
}
