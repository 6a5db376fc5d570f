package io.gravity.dispatch.schema;

/**
 * A column that a target's table has.
 *
 * @param isKey whether it is part of what the target tells rows apart by
 * @param isOptional whether a row may come without it: it has a default, or the server fills it
 */
public record TargetColumn<T>(String name, T type, boolean nullable, boolean isKey, boolean isOptional) {}
