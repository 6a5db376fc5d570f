/**
 * How the vocabulary travels and rests: Flink type information and versioned serializers, written by hand because they
 * are the hot path and because a savepoint of an earlier release must stay readable.
 */
package io.gravity.types;
