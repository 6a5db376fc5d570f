package io.gravity;

import static java.util.stream.Collectors.joining;

import io.gravity.config.Section;
import io.gravity.config.Value;
import io.gravity.config.YamlText;
import io.gravity.dispatch.schema.SchemaPolicy;
import io.gravity.dispatch.schema.SchemaPolicy.Change;
import io.gravity.dispatch.schema.SchemaPolicy.Mode;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;

/** Reads and writes {@code schema-change} of a target. */
final class SchemaChangeSettings {
    private static final String CHANGES =
            Stream.of(Change.values()).map(Change::label).collect(joining(", "));

    private SchemaChangeSettings() {}

    static SchemaPolicy read(Section section) {
        var mode = section.choice("mode", Mode.class, SchemaPolicy.defaults().mode(), Set.of());
        var include = changes(section, "include");
        var exclude = changes(section, "exclude");
        section.refuseOthers();
        var follows = include.isEmpty() ? EnumSet.allOf(Change.class) : include;
        follows.removeAll(exclude);
        return new SchemaPolicy(mode, follows);
    }

    private static EnumSet<Change> changes(Section section, String key) {
        var changes = EnumSet.noneOf(Change.class);
        section.texts(key, "a list of changes", "one of " + CHANGES, text -> change(text) != null)
                .forEach(text -> {
                    if (change(text) != null) {
                        changes.add(change(text));
                    }
                });
        return changes;
    }

    private static Change change(String label) {
        return Stream.of(Change.values())
                .filter(change -> change.label().equals(label))
                .findFirst()
                .orElse(null);
    }

    static void write(SchemaPolicy policy, YamlText yaml) {
        yaml.open("schema-change");
        yaml.plain("mode", Value.nameOf(policy.mode()));
        var excluded = Stream.of(Change.values())
                .filter(change -> !policy.follows().contains(change))
                .map(Change::label)
                .toList();
        if (!excluded.isEmpty()) {
            yaml.texts("exclude", excluded);
        }
        yaml.close();
    }
}
