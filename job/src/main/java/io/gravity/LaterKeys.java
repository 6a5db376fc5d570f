package io.gravity;

import java.util.Set;

/** What the specification names and later stages bring: known, so that it is refused as such and not as a typing error. */
final class LaterKeys {
    /** Directly under {@code gravity:}. */
    static final String[] ROOT = {
        "monitoring",
        "binlog",
        "processor",
        "state",
        "metrics",
        "dashboard",
        "alerts",
        "flow-control",
        "adaptive-control",
        "intelligent-control",
        "backpressure-monitoring",
        "backpressure-handling",
        "auto-repair",
        "performance",
        "advanced-optimization",
        "performance-baseline"
    };

    static final Set<String> ROUTING_STRATEGIES =
            Set.of("round-robin", "weighted-round-robin", "least-connections", "consistent-hash");

    private LaterKeys() {}
}
