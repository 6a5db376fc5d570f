package io.gravity.local.clean;

import io.gravity.udf.QualityRule;
import java.util.Map;
import java.util.Optional;

/** Does to rows whatever their column {@code kind} says. */
public final class HostileRule implements QualityRule {

    @Override
    public String name() {
        return "hostile_rule";
    }

    @Override
    public Optional<String> complaint(Map<String, Object> row) {
        return Hostile.act(String.valueOf(row.get("kind"))) == null ? null : Hostile.wrongTypeOr(row.get("kind"));
    }
}
