/**
 * Decides what a target's table lacks to take the rows that come for it, and what of that the target's policy allows.
 *
 * <p>A row carries the columns it was read with, so nobody has to stop the stream for a DDL: whoever writes compares
 * these columns with the table's, and brings the table up to date first. Where columns leave a table or change their
 * names, that is not enough: a row of before must not bring them back, and of several sources' tables that share one at
 * the target not all change at once. For that the columns that each source's table has had are written down at the
 * target itself ({@link io.gravity.dispatch.schema.History}), where all who write there find them, also after a restart.
 * Pure; each target brings its types ({@link io.gravity.dispatch.schema.Dialect}) and executes the steps.
 */
package io.gravity.dispatch.schema;
