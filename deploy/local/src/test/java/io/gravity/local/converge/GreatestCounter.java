package io.gravity.local.converge;

import io.gravity.udf.ConflictResolver;
import io.gravity.udf.SourceVersion;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A user's resolver: the row with the greatest counter stands, and its status names the sources that have the row. */
public final class GreatestCounter implements ConflictResolver {

    @Override
    public String name() {
        return "greatest-counter";
    }

    @Override
    public Optional<Map<String, Object>> resolve(List<SourceVersion> versions) {
        var live = versions.stream()
                .filter(version -> !version.deleted())
                .sorted(Comparator.comparingInt(SourceVersion::priority))
                .toList();
        return live.stream()
                .min(Comparator.comparing(version -> (Long) version.values().get("counter"), Comparator.reverseOrder()))
                .map(best -> {
                    var row = new HashMap<>(best.values());
                    row.put(
                            "status",
                            live.stream()
                                    .map(version -> Integer.toString(version.priority()))
                                    .collect(Collectors.joining()));
                    return row;
                });
    }
}
