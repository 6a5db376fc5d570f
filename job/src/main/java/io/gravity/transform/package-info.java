/**
 * Changes the row on its way from the source to its key: what its columns are called and hold, whether it goes on at
 * all, its table's name, and columns that tell where it comes from. Stands before keying, since the key
 * is that of the target's row, and runs in the source's own task, so that no source waits for another.
 *
 * <p>The transforms of the configuration are bound to a table's schema once; then a row passes through an array of steps.
 * The row before a change and the one after it are transformed alike, so that a filter or a change of the key leads to
 * the delete or insert that the targets need.
 */
package io.gravity.transform;
