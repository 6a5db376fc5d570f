package io.gravity.expression;

import static java.util.stream.Collectors.joining;

import io.gravity.event.TableSchema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** {@code value in (candidate, ...)}. */
record Membership(Node value, List<Node> candidates) implements Node {

    Membership {
        candidates = List.copyOf(candidates);
    }

    @Override
    public Typed bind(TableSchema schema) {
        var all = Coercion.unify(Node.bindAll(parts(), schema));
        var rest = all.subList(1, all.size());
        var texts = constantTexts(rest);
        var type = Coercion.typeOf(all);
        var evaluators = rest.stream().map(Typed::evaluator).toArray(Evaluator[]::new);
        var sought = all.get(0).evaluator();
        return Typed.of(
                this,
                Type.BOOLEAN,
                texts == null
                        ? row -> search(type, sought.value(row), evaluators, row)
                        : row -> {
                            var text = sought.value(row);
                            return text == null ? null : (Object) texts.contains(text);
                        },
                all);
    }

    private static Boolean search(Type type, Object sought, Evaluator[] candidates, io.gravity.event.Row row) {
        if (sought == null) {
            return null;
        }
        boolean unknown = false;
        for (var candidate : candidates) {
            var value = candidate.value(row);
            if (value == null) {
                unknown = true;
            } else if (type.compare(sought, value) == 0) {
                return true;
            }
        }
        return unknown ? null : (Boolean) false;
    }

    /** Returns the texts to look up, or {@code null} if the list is of something else. */
    private static Set<Object> constantTexts(List<Typed> candidates) {
        var texts = new HashSet<>();
        for (var candidate : candidates) {
            if (!candidate.isText()) {
                return null;
            }
            texts.add(candidate.value());
        }
        return texts;
    }

    @Override
    public List<Node> parts() {
        var parts = new ArrayList<Node>();
        parts.add(value);
        parts.addAll(candidates);
        return parts;
    }

    @Override
    public String toString() {
        return value + " IN " + candidates.stream().map(Object::toString).collect(joining(", ", "(", ")"));
    }
}
