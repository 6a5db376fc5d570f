package io.gravity.dispatch;

import io.gravity.audit.DeadLetters;
import io.gravity.event.ChangeEvent;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Makes the dispatcher of one target, an operator of its own since it answers I/O threads through the mailbox. */
public final class DispatchOperatorFactory extends AbstractStreamOperatorFactory<ChangeEvent>
        implements OneInputStreamOperatorFactory<ChangeEvent, ChangeEvent> {
    private static final long serialVersionUID = 1L;

    private final String target;
    private final TargetConfig.Delivery delivery;
    private final TargetWriters writers;
    private final DeadLetters letters;

    /** Creates it; without {@code letters}, which may be {@code null}, no row is ever given up. */
    public DispatchOperatorFactory(
            String target, TargetConfig.Delivery delivery, TargetWriters writers, DeadLetters letters) {
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
        var operator = new DispatchOperator(
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
        return DispatchOperator.class;
    }
}
