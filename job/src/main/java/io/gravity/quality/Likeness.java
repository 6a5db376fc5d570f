package io.gravity.quality;

/**
 * What duplicates have in common, and nothing else has: 128 bits of a hash.
 *
 * @param high chooses places in a {@link LikenessFilter}, as {@code low} does
 */
record Likeness(long high, long low) {}
