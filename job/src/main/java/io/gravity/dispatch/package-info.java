/**
 * Delivers to one target what was routed to it, in order for each row, in batches, again and again until it succeeds.
 *
 * <p>A row belongs to a lane, which is its key group: a fixed hash range of rows. Lanes are what state is kept by, so a
 * savepoint can be restored with another parallelism, and since the rows of a lane are already in the right subtask, no
 * row crosses the network to reach its target. Each subtask serves its lanes with a few workers; a worker has one batch
 * under way at a time, which keeps the order within its lanes. A target that wants more than each row's changes in order
 * has larger lanes: a table's rows, or all, are in one. What is not yet acknowledged is written into state at a
 * checkpoint, so checkpoints never wait for a target.
 *
 * <p>Errors are sorted by their category. What is wrong with the target keeps the batch where it is, in order, until it
 * works. What is wrong with a table keeps that table's changes, and no others. What is wrong with a row costs that row alone: the batch is divided until the row is found, and it is held
 * beside the line with its later changes, or given up as a dead letter, which another dispatcher delivers.
 *
 * <p>That is {@code consistency: eventual}; {@code io.gravity.dispatch.strong} has the other level.
 */
package io.gravity.dispatch;
