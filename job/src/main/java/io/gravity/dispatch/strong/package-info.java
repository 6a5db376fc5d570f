/**
 * Delivers to one target exactly once what was routed to it: {@code consistency: strong}.
 *
 * <p>Each lane is a log, its changes numbered from 0, kept in the state backend. A target keeps a ledger: for each lane
 * the number up to which it has been applied. Changes are applied once a completed checkpoint holds them, a batch and
 * its entries in the ledger in one short transaction of the target. After any failure the ledger is read before anything
 * is written, and what it covers is dropped. So a change is applied once whatever dies, and wherever:
 *
 * <ul>
 *   <li>No number stands for two changes: numbers that a lost run has given out since its last checkpoint were never
 *       applied, as they are applied only after one.
 *   <li>A lane is a key group: it moves as a whole when the job is rescaled, with its log, its numbers and its entry.
 *   <li>A task that was given up but lives on can do no harm: moving an entry asks for the value that was read before
 *       (MySQL), or the successor has fenced the predecessor's producer before it reads (Kafka).
 * </ul>
 *
 * <p>Why not two-phase commit (XA, transactions opened before the checkpoint, as Flink's own sinks do): a prepared XA
 * transaction locks its rows until the checkpoint is complete, and the next one of the same subtask waits for these
 * locks; a Kafka transaction that spans a checkpoint loses confirmed changes if the job is down for longer than the
 * broker allows; both need writing while the checkpoint is taken, so that a target that is down stops all others; and a
 * row that a target refuses could no longer be found and given up. The price is the same: a change is seen one
 * checkpoint later.
 */
package io.gravity.dispatch.strong;
