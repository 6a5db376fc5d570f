/**
 * Changes the row on its way from the source to its key: its table's name, and columns that tell
 * where it comes from. Stands before keying, since the key
 * is that of the target's row, and runs in the source's own task, so that no source waits for another.
 */
package io.gravity.transform;
