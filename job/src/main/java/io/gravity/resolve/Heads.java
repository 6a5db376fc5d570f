package io.gravity.resolve;

import io.gravity.event.Row;
import io.gravity.extension.NamedValues;
import io.gravity.field.FieldRule.Candidate;
import io.gravity.udf.ConflictResolver;
import io.gravity.udf.SourceVersion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What follows from the last words of all sources on one row. Every method is a function of a set of heads, and the
 * orders below leave no ties, so nothing depends on who came first.
 */
final class Heads {
    private static final int LOWEST = Integer.MAX_VALUE;

    private final Map<String, Integer> priorities;
    /** The later change is the greater; at one time that of the better source, at one priority the name decides. */
    private final Comparator<Head> byTime;
    /** The head of the better source is the greater, then the later one. */
    private final Comparator<Head> byPriority;

    Heads(Map<String, Integer> priorities) {
        this.priorities = priorities;
        Comparator<Head> time = Comparator.comparingLong(Head::effectiveMicros);
        Comparator<Head> priority =
                Comparator.<Head>comparingInt(head -> priority(head.source())).reversed();
        Comparator<Head> name = Comparator.comparing(Head::source).reversed();
        this.byTime = time.thenComparing(priority).thenComparing(name);
        this.byPriority = priority.thenComparing(time).thenComparing(name);
    }

    /** Returns whether a head beats another one, for strategies that need no rows. */
    boolean beats(ConflictStrategy strategy, Head challenger, Head standing) {
        var order = strategy instanceof ConflictStrategy.SourcePriority ? byPriority : byTime;
        return challenger.source().equals(standing.source()) || order.compare(challenger, standing) > 0;
    }

    /**
     * Returns the row that stands, for strategies that need the rows; {@code null} if no row is known.
     *
     * @param heads a live one without row, which an earlier strategy left, has no say until its source speaks again
     * @param resolver the user's, for {@link ConflictStrategy.Custom}
     * @throws RuntimeException if values can't be brought together
     */
    Standing standing(ConflictStrategy strategy, List<Head> heads, ConflictResolver resolver) {
        var known = heads.stream()
                .filter(head -> head.deleted() || head.image() != null)
                .toList();
        if (known.isEmpty()) {
            return null;
        }
        if (strategy instanceof ConflictStrategy.Merge merge) {
            return merged(merge, known);
        }
        return strategy instanceof ConflictStrategy.Custom ? resolved(resolver, known) : earliest(known);
    }

    private Standing earliest(List<Head> heads) {
        Head first = null;
        for (var head : heads) {
            if (!head.deleted() && (first == null || isEarlier(head, first))) {
                first = head;
            }
        }
        return first != null
                ? Standing.of(first)
                : Standing.none(Collections.max(heads, byTime).source());
    }

    private boolean isEarlier(Head one, Head other) {
        int byFirst = Long.compare(one.image().firstMicros(), other.image().firstMicros());
        int decision = byFirst != 0 ? byFirst : Integer.compare(priority(one.source()), priority(other.source()));
        return decision != 0 ? decision < 0 : one.source().compareTo(other.source()) < 0;
    }

    private Standing merged(ConflictStrategy.Merge rules, List<Head> heads) {
        var last = Collections.max(heads, byTime);
        if (last.deleted()) {
            return Standing.none(last.source());
        }
        var live = heads.stream().filter(head -> !head.deleted()).toList();
        var schema = last.image().schema();
        var values = new Object[schema.columnCount()];
        var decisions = new LinkedHashMap<String, String>();
        for (int i = 0; i < values.length; i++) {
            var column = schema.column(i);
            var candidates = candidates(column.name(), live);
            var rule = rules.of(column.name());
            values[i] = candidates.size() == 1 ? candidates.get(0).value() : rule.merge(column, candidates);
            if (differ(candidates)) {
                decisions.put(column.name(), rule.label());
            }
        }
        return new Standing(last.source(), schema, Row.of(values), decisions);
    }

    private List<Candidate> candidates(String column, List<Head> live) {
        var candidates = new ArrayList<Candidate>(live.size());
        for (var head : live) {
            var image = head.image();
            int index = image.schema().indexOf(column);
            if (index >= 0) {
                candidates.add(new Candidate(
                        head.source(),
                        priority(head.source()),
                        image.row().value(index),
                        image.base().value(index),
                        image.changedMicros()[index]));
            }
        }
        candidates.sort(Comparator.comparingLong(Candidate::changedMicros).thenComparing(Candidate.BY_RANK.reversed()));
        return candidates;
    }

    private static boolean differ(List<Candidate> candidates) {
        for (int i = 1; i < candidates.size(); i++) {
            if (!Objects.deepEquals(candidates.get(i).value(), candidates.get(0).value())) {
                return true;
            }
        }
        return false;
    }

    private Standing resolved(ConflictResolver resolver, List<Head> heads) {
        var sorted = new ArrayList<>(heads);
        sorted.sort(byTime);
        var last = sorted.get(sorted.size() - 1);
        var versions = sorted.stream().map(this::version).toList();
        var answer = Objects.requireNonNull(
                resolver.resolve(versions),
                () -> "resolver " + resolver.name() + " returned null, expected a row or Optional.empty()");
        if (answer.isEmpty()) {
            return Standing.none(last.source());
        }
        Image shape = null;
        for (var head : sorted) {
            shape = head.image() != null ? head.image() : shape;
        }
        if (shape == null) {
            throw new IllegalStateException("resolver " + resolver.name()
                    + " returned a row although every source has removed it; expected Optional.empty()");
        }
        return new Standing(last.source(), shape.schema(), row(resolver, answer.get(), shape), Map.of());
    }

    private SourceVersion version(Head head) {
        Map<String, Object> values = head.deleted()
                ? Map.of()
                : NamedValues.of(head.image().schema(), head.image().row());
        return new SourceVersion(
                head.source(), priority(head.source()), head.effectiveMicros(), head.deleted(), values);
    }

    /** The key is not the resolver's to change: it says which row this is. */
    private static Row row(ConflictResolver resolver, Map<String, Object> answer, Image shape) {
        var left = new HashMap<>(answer);
        var schema = shape.schema();
        var values = new Object[schema.columnCount()];
        for (int i = 0; i < values.length; i++) {
            var value = left.remove(schema.column(i).name());
            values[i] = schema.isKey(i) ? shape.row().value(i) : value;
        }
        if (!left.isEmpty()) {
            throw new IllegalStateException("resolver " + resolver.name() + " returned unknown columns " + left.keySet()
                    + ", expected those of the table: " + schema.columns());
        }
        return Row.of(values);
    }

    private int priority(String source) {
        return priorities.getOrDefault(source, LOWEST);
    }
}
