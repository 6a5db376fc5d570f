package org.example;

import io.gravity.udf.ConflictResolver;
import io.gravity.udf.SourceVersion;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Takes the cheapest offer, and notes how many there are. */
public final class CheapestResolver implements ConflictResolver {
    @Override
    public String name() {
        return "acme_cheapest";
    }

    @Override
    public Optional<Map<String, Object>> resolve(List<SourceVersion> versions) {
        var offers = versions.stream()
                .filter(version -> !version.deleted())
                .map(SourceVersion::values)
                .toList();
        return offers.stream()
                .min(Comparator.comparing(row -> (BigDecimal) row.get("price")))
                .map(cheapest -> {
                    var row = new HashMap<>(cheapest);
                    row.put("offers", (long) offers.size());
                    return row;
                });
    }
}
