/**
 * The load: rows and changes for the tables of {@code sql/source}, as a shop would make them.
 *
 * <p>{@link io.gravity.local.load.Workload} fills the source databases and then changes them at a given rate: inserts,
 * updates, deletes, changes of primary keys, transactions of several rows and tables, bursts, hot rows, keys that
 * come back after a delete, and rows that move in and out of the conditions by which they are routed. What is drawn
 * depends on the seed alone; when it is written depends on the clock. A source that is killed is waited for: the load
 * reconnects, reads from the table which keys are alive, and goes on.
 */
package io.gravity.local.load;
