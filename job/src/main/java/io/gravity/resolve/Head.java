package io.gravity.resolve;

import io.gravity.event.SourcePosition;

/**
 * The last word of one source on one row.
 *
 * @param position of its newest change
 * @param effectiveMicros the latest event time of all its changes of this row, so that time never steps back; {@link
 *     Long#MIN_VALUE} if it has shown nothing but a snapshot row
 * @param deleted whether that change removed the row
 * @param image the row itself; {@code null} if the source removed it, or the strategy does not ask for rows
 */
record Head(String source, SourcePosition position, long effectiveMicros, boolean deleted, Image image) {}
