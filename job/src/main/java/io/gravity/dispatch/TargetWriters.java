package io.gravity.dispatch;

import java.io.Serializable;
import org.apache.flink.metrics.MetricGroup;

/** Opens the writer of one target in the task that dispatches to it. */
@FunctionalInterface
public interface TargetWriters extends Serializable {

    /** Opens without reaching the target: what is unreachable shows at the first write. */
    TargetWriter open();

    /** Opens a writer that reports what it alone knows, if there is any such thing, among the target's metrics. */
    default TargetWriter open(MetricGroup metrics) {
        return open();
    }
}
