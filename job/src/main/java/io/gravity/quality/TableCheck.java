package io.gravity.quality;

import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.event.TableSchema;
import io.gravity.extension.GuardedCalls;
import java.io.Serializable;
import java.util.List;

/** Rules of one kind for some tables. A column that a table lacks is no matter of that table. */
public sealed interface TableCheck extends Serializable
        permits BusinessCheck, CompletenessCheck, CustomCheck, FormatCheck, ReferenceCheck, SchemaCheck {

    /** Returns the target tables that are watched; none for all. */
    List<TablePattern> tables();

    /** Returns whether a row may be kept back for what it finds. */
    boolean keepsBack();

    /** Returns the rules for rows of the schema; those of the users' own go through the calls. */
    List<RowRule> bind(TableSchema schema, GuardedCalls calls);

    default boolean isFor(TableId table) {
        return tables().isEmpty() || tables().stream().anyMatch(pattern -> pattern.matches(table));
    }
}
