package io.gravity.types;

import io.gravity.event.TableId;
import java.io.Serializable;
import java.util.function.Predicate;

/** Tells which target tables more than one source can write; all others need no ordering across sources. */
@FunctionalInterface
public interface SharedTables extends Predicate<TableId>, Serializable {}
