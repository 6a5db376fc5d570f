package io.gravity.types;

import io.gravity.event.TableId;
import java.io.Serializable;
import java.util.function.Predicate;

/** Tells which target tables more than one source can write; all others need no ordering across sources. */
@FunctionalInterface
public interface SharedTables extends Predicate<TableId>, Serializable {
    /** Where the order across rows matters, the changes of one source need it as well. */
    SharedTables ALL = table -> true;

    SharedTables NONE = table -> false;
}
