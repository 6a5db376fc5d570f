package io.gravity.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** One key of a mapping as written, its line, and what stands behind it. */
record Entry(String key, int line, Node node) {

    /**
     * Returns a mapping's entries by the keys' canonical form, merged ({@code <<}) ones after its own; keys that
     * stand twice are problems.
     */
    static Map<String, Entry> of(Scope scope, String path, MappingNode mapping, UnaryOperator<String> canonical) {
        var entries = new LinkedHashMap<String, Entry>();
        collect(scope, path, mapping, canonical, entries, Collections.newSetFromMap(new IdentityHashMap<>()));
        return entries;
    }

    private static void collect(
            Scope scope,
            String path,
            MappingNode mapping,
            UnaryOperator<String> canonical,
            Map<String, Entry> entries,
            Set<Node> seen) {
        if (!seen.add(mapping)) {
            return;
        }
        var own = new LinkedHashMap<String, Entry>();
        var merged = new ArrayList<Node>();
        for (var tuple : mapping.getValue()) {
            int line = ConfigFile.lineOf(tuple.getKeyNode());
            if (tuple.getKeyNode().getTag().equals(Tag.MERGE)) {
                merged.addAll(
                        tuple.getValueNode() instanceof SequenceNode list
                                ? list.getValue()
                                : List.of(tuple.getValueNode()));
            } else if (tuple.getKeyNode() instanceof ScalarNode key) {
                var entry = new Entry(key.getValue(), line, tuple.getValueNode());
                var first = own.putIfAbsent(canonical.apply(key.getValue()), entry);
                if (first != null) {
                    scope.problems()
                            .add(line, join(path, key.getValue()), "found twice, first on line " + first.line());
                }
            } else {
                scope.problems()
                        .add(line, path, "found " + Value.describe(tuple.getKeyNode()) + " as a key, expected a name");
            }
        }
        own.forEach(entries::putIfAbsent);
        for (var node : merged) {
            if (node instanceof MappingNode other) {
                collect(scope, path, other, canonical, entries, seen);
            } else {
                scope.problems()
                        .add(
                                ConfigFile.lineOf(node),
                                join(path, "<<"),
                                "found " + Value.describe(node)
                                        + ", expected an alias of a mapping, e.g. <<: *defaults");
            }
        }
    }

    static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
