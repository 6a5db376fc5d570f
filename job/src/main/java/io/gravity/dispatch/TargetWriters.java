package io.gravity.dispatch;

import java.io.Serializable;

/** Opens the writer of one target in the task that dispatches to it. */
@FunctionalInterface
public interface TargetWriters extends Serializable {

    /** Opens without reaching the target: what is unreachable shows at the first write. */
    TargetWriter open();
}
