package io.gravity;

import io.gravity.config.Value;
import io.gravity.config.YamlText;
import io.gravity.event.TablePattern;
import io.gravity.transform.SqlTypes;
import io.gravity.transform.Transform;

/** Writes one item of {@code transformer.transforms}. */
record EffectiveTransform(YamlText yaml) {

    void write(Transform transform) {
        yaml.item();
        yaml.plain("type", transform.type());
        if (!transform.tables().isEmpty()) {
            yaml.texts(
                    "tables",
                    transform.tables().stream().map(TablePattern::text).toList());
        }
        yaml.open("config");
        if (transform instanceof Transform.FieldMapping mapping) {
            yaml.open("mappings");
            mapping.mappings().forEach(yaml::text);
            yaml.close();
        } else if (transform instanceof Transform.DataFilter filter) {
            filter(filter);
        } else if (transform instanceof Transform.DerivedColumn derived) {
            yaml.text("name", derived.name());
            yaml.text("expression", derived.expression().toString());
            yaml.text("type", SqlTypes.text(derived.columnType()));
        } else if (transform instanceof Transform.DropColumns drop) {
            yaml.texts("columns", drop.columns());
        } else if (transform instanceof Transform.Mask mask) {
            yaml.open("fields");
            mask.fields().forEach((field, method) -> yaml.text(field, Value.nameOf(method)));
            yaml.close();
        } else if (transform instanceof Transform.Cast cast) {
            yaml.text("field", cast.field());
            yaml.text("type", SqlTypes.text(cast.columnType()));
        } else if (transform instanceof Transform.Function function) {
            yaml.text("field", function.field());
            yaml.text("function", function.function());
        } else if (transform instanceof Transform.RowFunction function) {
            yaml.text("name", function.name());
        }
        yaml.close();
        yaml.close();
    }

    private void filter(Transform.DataFilter filter) {
        if (!filter.conditions().isEmpty()) {
            yaml.open("conditions");
            for (var condition : filter.conditions()) {
                yaml.item();
                yaml.text("field", condition.field());
                yaml.text("operator", condition.operator().label());
                if (condition.operator().takesList()) {
                    yaml.texts("value", condition.values());
                } else if (condition.operator().takesValue()) {
                    yaml.text("value", condition.values().get(0));
                }
                yaml.close();
            }
            yaml.close();
        }
        if (filter.expression() != null) {
            yaml.text("expression", filter.expression().toString());
        }
    }
}
