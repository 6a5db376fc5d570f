package io.gravity.repair;

/**
 * One thing that was mended.
 *
 * @param field the column; {@code null} if it is the whole row that stands or falls
 * @param before the value as it came; {@code null} for NULL
 * @param after the value as it goes on
 * @param rule the strategy or function that decided
 */
record Repair(String field, Object before, Object after, String rule) {}
