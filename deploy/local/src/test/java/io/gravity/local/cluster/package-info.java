/**
 * The job as it is operated: on a standalone Flink cluster of several processes that {@code deploy/cluster} starts,
 * from the shaded jar, driven through Flink's own REST interface.
 *
 * <p>What a job in this JVM can't show is shown here: that the jar is complete, that all that travels between processes
 * can be serialized, that state comes back with another parallelism, and what an operator gets to see.
 */
package io.gravity.local.cluster;
