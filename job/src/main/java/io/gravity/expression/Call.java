package io.gravity.expression;

import static java.util.stream.Collectors.joining;

import io.gravity.event.TableSchema;
import java.util.ArrayList;
import java.util.List;

/**
 * A function's result; NULL if any argument is NULL.
 *
 * @param function a name of {@link Functions}
 */
record Call(String function, List<Node> parts) implements Node {

    Call {
        parts = List.copyOf(parts);
    }

    @Override
    public Typed bind(TableSchema schema) {
        var signature = Functions.named(function).orElseThrow();
        var operands = new ArrayList<Typed>();
        for (int i = 0; i < parts.size(); i++) {
            operands.add(signature.parameter(i).accept(parts.get(i).bind(schema)));
        }
        var evaluators = operands.stream().map(Typed::evaluator).toArray(Evaluator[]::new);
        return Typed.of(
                this,
                signature.result(),
                row -> {
                    var arguments = new Object[evaluators.length];
                    for (int i = 0; i < arguments.length; i++) {
                        arguments[i] = evaluators[i].value(row);
                        if (arguments[i] == null) {
                            return null;
                        }
                    }
                    return signature.body().apply(arguments);
                },
                operands);
    }

    @Override
    public String toString() {
        return parts.stream().map(Object::toString).collect(joining(", ", function + "(", ")"));
    }
}
