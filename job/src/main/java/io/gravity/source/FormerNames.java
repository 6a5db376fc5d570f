package io.gravity.source;

import io.debezium.relational.Column;
import io.debezium.relational.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the columns of a table were called before, so that a target can rename its own, and the defaults that they came
 * with, which is what rows of before have. The names stand in the column's comment of the table that a split saves: the
 * connector is told of no comments and carries it along. Pure.
 */
final class FormerNames {
    private static final String MARK = "\u0001";

    private FormerNames() {}

    /** Returns what a column was called before, the last name first. */
    static List<String> of(Column column) {
        var comment = column == null ? null : column.comment();
        return comment == null || !comment.startsWith(MARK)
                ? List.of()
                : List.of(comment.substring(MARK.length()).split(MARK, -1));
    }

    /**
     * Returns the table as a statement has left it, with its columns' former names and first defaults. A CREATE TABLE of
     * one that is known tells it anew, because of its character set or an online change.
     *
     * @param before {@code null} if it is new
     */
    static Table noted(Table before, Table after, String statement) {
        var renamings = new HashMap<String, String>();
        DdlRewriter.renamings(statement)
                .forEach(renaming -> renamings.put(renaming.now().toLowerCase(Locale.ROOT), renaming.old()));
        var editor = after.edit();
        for (var column : after.columns()) {
            var names = names(before, after, column, renamings);
            var noted = column.edit().comment(names.isEmpty() ? null : MARK + String.join(MARK, names));
            var former = before == null ? null : former(before, column, renamings);
            // A default of another type may be none of this one.
            if (former != null && former.typeName().equals(column.typeName())) {
                noted.defaultValueExpression(former.defaultValueExpression().orElse(null));
            }
            editor.updateColumn(noted.create());
        }
        return editor.create();
    }

    /** Returns the column as it was before; {@code null} if it is new. */
    private static Column former(Table before, Column column, Map<String, String> renamings) {
        var own = Names.ofConnector(column.name());
        var old = renamings.getOrDefault(own.toLowerCase(Locale.ROOT), own);
        return renamings.containsValue(own) && old.equals(own) ? null : before.columnWithName(Names.forConnector(old));
    }

    private static List<String> names(Table before, Table after, Column column, Map<String, String> renamings) {
        if (before == null) {
            return List.of();
        }
        var own = Names.ofConnector(column.name());
        var old = renamings.get(own.toLowerCase(Locale.ROOT));
        var names = new LinkedHashSet<String>();
        if (old != null) {
            names.add(old);
        }
        names.addAll(of(before.columnWithName(Names.forConnector(old == null ? own : old))));
        var kept = new ArrayList<String>();
        for (var name : names) {
            // A name that another column has says nothing any more, unless that one got it just now from this one; of
            // its
            // own only the case can have changed.
            var taken = after.columnWithName(Names.forConnector(name));
            boolean isHandedOn = name.equals(old) && renamings.containsKey(name.toLowerCase(Locale.ROOT));
            if (taken == null || isHandedOn || (taken.name().equals(column.name()) && !name.equals(own))) {
                kept.add(name);
            }
        }
        return kept;
    }
}
