package io.gravity.expression;

import io.gravity.event.Row;

/** Computes a value from a row; {@code null} is SQL's NULL, and for a condition its unknown. */
@FunctionalInterface
interface Evaluator {
    Object value(Row row);
}
