package io.gravity.dispatch.schema;

import io.gravity.event.ChangeEvent;
import io.gravity.event.Column;
import io.gravity.event.Operation;
import io.gravity.event.SourcePosition;
import io.gravity.event.TableId;
import io.gravity.event.TableSchema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The columns that the sources' tables have had whose rows go into one table of a target, as far as their rows and
 * markers have shown.
 *
 * <p>A schema that was known before and is not the newest one of its table is that of a row in flight, or of a marker
 * that comes again after a restart, unless its position is beyond the newest: then the source has gone back to it. What
 * was never seen stands where its position is, and with a row that is copied, behind all others.
 */
public final class History {

    /** A source's table. */
    public record Feeder(String source, TableId table) {
        public static Feeder of(ChangeEvent event) {
            return new Feeder(event.source(), event.table());
        }
    }

    /** The columns that a source's table had from a position on. */
    public record Version(Feeder feeder, SourcePosition position, TableSchema schema) {}

    private final Map<Feeder, List<Version>> versions = new LinkedHashMap<>();

    /** Creates the history of these versions, in whatever order. */
    public static History of(List<Version> versions) {
        var history = new History();
        versions.stream().sorted(Comparator.comparing(Version::position)).forEach(history::add);
        return history;
    }

    private void add(Version version) {
        var known = versions.computeIfAbsent(version.feeder(), any -> new ArrayList<>());
        if (known.isEmpty() || !isSame(last(known).schema(), version.schema())) {
            known.add(version);
        }
    }

    /**
     * Returns the version that a change begins, to be written down; {@code null} if it tells nothing new. A row whose
     * columns are another table's newest ones may have been merged from that table's, so only a marker counts then.
     */
    public Version begunBy(ChangeEvent event) {
        var feeder = Feeder.of(event);
        var known = versions.get(feeder);
        if (known == null) {
            return new Version(feeder, event.position(), event.schema());
        }
        var newest = last(known);
        boolean isStanding = event.isMarker() ? isSame(newest.schema(), event.schema()) : !isOutdated(event.schema());
        if (isStanding) {
            return null;
        }
        boolean isBeyond = event.position().compareTo(newest.position()) > 0;
        if (!isBeyond && versions.values().stream().anyMatch(of -> isIn(of, event.schema()))) {
            return null;
        }
        // A copied row has the position of when its copy began, but the columns of now.
        boolean isOfNow = !isBeyond && event.operation() == Operation.READ;
        return new Version(feeder, isOfNow ? next(newest.position()) : event.position(), event.schema());
    }

    /** Returns of each source's table the change that stands last there. */
    public static Collection<ChangeEvent> latest(List<ChangeEvent> changes) {
        var latest = new LinkedHashMap<Feeder, ChangeEvent>();
        for (var change : changes) {
            latest.merge(
                    Feeder.of(change),
                    change,
                    (one, other) -> one.position().compareTo(other.position()) >= 0 ? one : other);
        }
        return latest.values();
    }

    private static boolean isIn(List<Version> versions, TableSchema schema) {
        return versions.stream().anyMatch(version -> isSame(version.schema(), schema));
    }

    /**
     * Defaults, comments, character sets and collations make no other columns: they are not told with the rows, but asked
     * of the server whenever it changes, so that rows of before and behind that would seem to have other ones.
     */
    static boolean isSame(TableSchema one, TableSchema other) {
        if (one.equals(other)) {
            return true;
        }
        if (one.columnCount() != other.columnCount() || one.keyColumnCount() != other.keyColumnCount()) {
            return false;
        }
        for (int i = 0; i < one.columnCount(); i++) {
            if (!isSame(one.column(i), other.column(i))) {
                return false;
            }
        }
        for (int n = 0; n < one.keyColumnCount(); n++) {
            if (one.keyColumn(n) != other.keyColumn(n)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSame(Column one, Column other) {
        return one.name().equals(other.name())
                && one.type().equals(other.type())
                && one.nullable() == other.nullable()
                && one.declared().members().equals(other.declared().members())
                && formerNames(one).equals(formerNames(other));
    }

    private static SourcePosition next(SourcePosition position) {
        return new SourcePosition(position.file(), position.transaction(), position.event(), position.row() + 1);
    }

    /** Returns the newest columns of each source's table. */
    public List<TableSchema> newest() {
        return versions.values().stream().map(of -> last(of).schema()).toList();
    }

    /** Returns whether a schema is no table's newest one. */
    public boolean isOutdated(TableSchema schema) {
        return newest().stream().noneMatch(newest -> isSame(newest, schema));
    }

    /** Returns the position from which on a source's table may have gone back to an outdated schema. */
    public SourcePosition newestPosition(Feeder feeder) {
        var known = versions.get(feeder);
        return known == null ? SourcePosition.NONE : last(known).position();
    }

    /** Returns whether a source's table has ever had the column. */
    boolean knew(String name, Comparator<String> names) {
        return versions.values().stream()
                .flatMap(List::stream)
                .flatMap(version -> version.schema().columns().stream())
                .anyMatch(column -> names.compare(column.name(), name) == 0);
    }

    /** Returns what the column of some rows is called by now; {@code null} if it has been dropped. */
    String nameNow(TableSchema schema, String name) {
        if (!isOutdated(schema)) {
            return alias(schema, name);
        }
        for (var of : versions.values()) {
            for (int i = of.size() - 1; i >= 0; i--) {
                if (isSame(of.get(i).schema(), schema)) {
                    var now = nameAfter(of.subList(i, of.size()), name);
                    return now == null ? null : alias(last(of).schema(), now);
                }
            }
        }
        return name;
    }

    /** A name that other sources' tables have changed already is changed for all. */
    String alias(TableSchema schema, String name) {
        for (var other : newest()) {
            for (var column : other.columns()) {
                if (column.declared().formerNames().contains(name)
                        && other.indexOf(name) < 0
                        && schema.indexOf(column.name()) < 0) {
                    return column.name();
                }
            }
        }
        return name;
    }

    private static String nameAfter(List<Version> versions, String name) {
        var now = name;
        for (int i = 1; i < versions.size() && now != null; i++) {
            now = nameIn(versions.get(i).schema(), versions.get(i - 1).schema(), now);
        }
        return now;
    }

    private static String nameIn(TableSchema next, TableSchema before, String name) {
        for (var column : next.columns()) {
            if (column.declared().formerNames().contains(name) && !hadName(before, column.name(), name)) {
                return column.name();
            }
        }
        return next.indexOf(name) < 0 ? null : name;
    }

    /** Returns whether a column had its former name before already, and so is not what has just been renamed. */
    private static boolean hadName(TableSchema schema, String name, String former) {
        int index = schema.indexOf(name);
        return index >= 0 && formerNames(schema.column(index)).contains(former);
    }

    private static List<String> formerNames(Column column) {
        return column.declared().formerNames();
    }

    private static Version last(List<Version> versions) {
        return versions.get(versions.size() - 1);
    }
}
