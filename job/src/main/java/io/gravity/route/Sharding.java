package io.gravity.route;

import io.gravity.event.Row;
import io.gravity.event.TableSchema;
import java.io.Serializable;
import java.util.List;
import java.util.function.Function;

/** Puts each row at one of several targets, by the values of some columns. */
public sealed interface Sharding extends Serializable permits HashSharding, ModuloSharding, RangeSharding {

    /** Returns the columns whose values decide. */
    List<String> key();

    /** Returns the names of all targets that rows may go to, each once. */
    List<String> targets();

    /**
     * Returns what finds the target of a row of the schema; it gives {@code null} for a row that has no place.
     *
     * @throws IllegalArgumentException if the schema lacks a column of the key, or has one of a type that can't decide
     */
    Function<Row, String> bind(TableSchema schema);
}
