package io.gravity.dispatch.strong;

/**
 * How far a lane's log has come, as checkpoints keep it.
 *
 * @param first the number of the oldest change that the target may not have
 * @param next the number of the next change to come
 * @param bound how far the target can have been brought at most until this checkpoint is restored
 */
public record LanePositions(long first, long next, long bound) {}
