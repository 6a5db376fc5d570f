package io.gravity.quality;

import io.gravity.event.SourcePosition;

/**
 * A change that passed, for those like it that may follow.
 *
 * @param timeMicros its event time
 * @param expiresAtMillis the watermark at which it may be forgotten
 */
record Original(long timeMicros, long expiresAtMillis, String source, SourcePosition position) {}
