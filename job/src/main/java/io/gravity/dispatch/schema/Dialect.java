package io.gravity.dispatch.schema;

import io.gravity.event.Column;
import java.util.Comparator;
import java.util.Optional;

/** A kind of target's types, without NULL, and what they hold. Pure. */
public interface Dialect<T> {

    /** Returns how names of columns compare. */
    Comparator<String> names();

    /** Returns the type that a new column gets. */
    T of(Column column);

    /** Returns whether a column of this type takes every value of the source's, unchanged. */
    boolean holds(T type, Column column);

    /** Returns whether a column can go from one type to the other without losing a value. */
    boolean widens(T from, T to);

    /** Returns the narrowest type that takes all values of both; empty if there is none in which they stay what they are. */
    Optional<T> join(T one, T other);

    /** Returns the type in the target's notation. */
    String text(T type);
}
