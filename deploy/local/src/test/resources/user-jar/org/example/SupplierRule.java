package org.example;

import io.gravity.udf.QualityRule;
import java.util.Map;
import java.util.Optional;

/** Finds fault with offers of suppliers that are blocked. */
public final class SupplierRule implements QualityRule {
    @Override
    public String name() {
        return "acme_supplier";
    }

    @Override
    public Optional<String> complaint(Map<String, Object> row) {
        var supplier = (String) row.get("supplier");
        return Suppliers.isBlocked(supplier) ? Optional.of(supplier + " is blocked") : Optional.empty();
    }
}
