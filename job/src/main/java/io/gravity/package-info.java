/**
 * Gravity: many databases in, many databases out, in order, in real time.
 *
 * <p>{@link io.gravity.SyncTopology} is the job; its packages read in the order the data flows: source, transform, then
 * keyed by the target's row: order, quality, repair, resolve, route, dispatch; what can't be
 * delivered goes on to the quarantine. Stages meet in the vocabulary
 * ({@code io.gravity.event}) and in the topology, nowhere else.
 */
package io.gravity;
