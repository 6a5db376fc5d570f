package io.gravity.quality;

import io.gravity.event.SourcePosition;

/**
 * A change that passed, for those like it that may follow.
 *
 * @param number of all that passed in its key group, the later the greater
 * @param timeMicros its event time
 */
record Original(long number, long timeMicros, String source, SourcePosition position) {}
