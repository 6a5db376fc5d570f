package io.gravity.repair;

import io.gravity.udf.RepairRule;
import java.util.Map;
import java.util.Optional;

/** Leaves the digits of a text; fails where the row's amount is negative. */
public final class DigitsOnly implements RepairRule {

    @Override
    public String name() {
        return "digits-only";
    }

    @Override
    public Optional<Object> repair(String field, Map<String, Object> row) {
        if (row.get("amount") != null && row.get("amount").toString().startsWith("-")) {
            throw new IllegalStateException("told to fail");
        }
        return row.get(field) == null ? Optional.empty() : Optional.of(((String) row.get(field)).replaceAll("\\D", ""));
    }
}
