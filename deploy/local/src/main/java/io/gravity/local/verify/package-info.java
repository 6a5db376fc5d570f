/**
 * The judge: does each target hold exactly what its sources hold, and how long does a change take to get there?
 *
 * <p>{@link io.gravity.local.verify.Verifier} reads every source row and every target row, all columns, in forms that
 * it derives from the source's own catalogue, and shares no code with the job: a source's server evaluates the routing
 * conditions itself, ClickHouse and Kafka are read without the job's client or envelope classes.
 * {@link io.gravity.local.verify.LatencyProbe} writes ordinary rows and looks for them in the targets.
 */
package io.gravity.local.verify;
