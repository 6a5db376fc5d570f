package io.gravity.transform;

import io.gravity.event.TableId;
import java.io.Serializable;
import java.util.function.BiPredicate;

/** Tells of a source's table and the table it becomes whether no other table of that source is written there. */
@FunctionalInterface
public interface SingleTables extends BiPredicate<TableId, TableId>, Serializable {}
