/**
 * Puts changes in the order of their event times, by holding them until the watermark has passed or the maximal delay is
 * over: each row's changes in front of resolution, and in front of a target that asks for it those of a table or all.
 *
 * <p>Order is a courtesy to whoever watches the stream: which change wins is decided by versions, whatever the order. So
 * waiting is bounded, in time and in memory, and what comes too late goes on, marked. What is held is on the heap and not
 * in RocksDB, since it is held for milliseconds only: a checkpoint writes it out, with nothing to flush.
 *
 * <p>{@link io.gravity.order.ReorderBuffer} is the rule, pure; {@link io.gravity.order.OrderOperator} its shell.
 */
package io.gravity.order;
