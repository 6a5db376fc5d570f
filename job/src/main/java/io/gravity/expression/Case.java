package io.gravity.expression;

import static java.util.stream.Collectors.joining;

import io.gravity.event.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * {@code CASE WHEN condition THEN result ... ELSE otherwise END}; IF and NULLIF as well.
 *
 * @param results one for each condition
 */
record Case(List<Node> conditions, List<Node> results, Node otherwise) implements Node {

    Case {
        conditions = List.copyOf(conditions);
        results = List.copyOf(results);
    }

    @Override
    public Typed bind(TableSchema schema) {
        var tests =
                Node.bindAll(conditions, schema).stream().map(Coercion::truth).toList();
        var values = new ArrayList<>(Node.bindAll(results, schema));
        values.add(otherwise.bind(schema));
        var unified = Coercion.unify(values);
        var operands = new ArrayList<>(tests);
        operands.addAll(unified);
        var when = tests.stream().map(Typed::evaluator).toArray(Evaluator[]::new);
        var then = unified.stream().map(Typed::evaluator).toArray(Evaluator[]::new);
        return Typed.of(
                this,
                Coercion.typeOf(unified),
                row -> {
                    int i = 0;
                    while (i < when.length && !Boolean.TRUE.equals(when[i].value(row))) {
                        i++;
                    }
                    return then[i].value(row);
                },
                operands);
    }

    @Override
    public List<Node> parts() {
        var parts = new ArrayList<>(conditions);
        parts.addAll(results);
        parts.add(otherwise);
        return parts;
    }

    @Override
    public String toString() {
        return IntStream.range(0, conditions.size())
                .mapToObj(i -> " WHEN " + conditions.get(i) + " THEN " + results.get(i))
                .collect(joining("", "CASE", " ELSE " + otherwise + " END"));
    }
}
