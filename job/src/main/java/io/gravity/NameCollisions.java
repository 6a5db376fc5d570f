package io.gravity;

import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.TargetNames;
import io.gravity.error.GravityException;
import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.source.SourceConfig;
import io.gravity.transform.TableMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds different tables that a target would write into one, as far as the sources name their tables without wildcards.
 * What it can't foresee the target itself refuses, see {@link TargetNames}.
 */
final class NameCollisions {
    private final SyncConfig config;

    private NameCollisions(SyncConfig config) {
        this.config = config;
    }

    /** Returns what is wrong, by the target's name; only the first collision of each target. */
    static Map<String, String> in(SyncConfig config) {
        var found = new LinkedHashMap<String, String>();
        for (var target : config.targets()) {
            var names = names(target);
            if (names != null) {
                try {
                    new NameCollisions(config).settle(target, names);
                } catch (GravityException e) {
                    found.put(target.name(), e.getMessage());
                }
            }
        }
        return found;
    }

    private static TargetNames names(TargetConfig target) {
        if (target instanceof TargetConfig.MySql mySql) {
            return new TargetNames(mySql.name(), mySql.database(), mySql.mappings());
        }
        return target instanceof TargetConfig.ClickHouse clickHouse
                ? new TargetNames(clickHouse.name(), clickHouse.database(), clickHouse.mappings())
                : null;
    }

    private void settle(TargetConfig target, TargetNames names) {
        for (var source : config.sources()) {
            var mapper = new TableMapper(source.name(), config.mappings());
            for (var table : knownTables(source)) {
                if (takes(target, table)) {
                    names.of(mapper.target(table));
                }
            }
        }
    }

    private static List<TableId> knownTables(SourceConfig source) {
        return source.tables().stream()
                .filter(pattern -> pattern.isExact() && pattern.text().contains("."))
                .map(pattern -> TableId.parse(pattern.text()))
                .filter(table -> !matches(source.exclude(), table))
                .toList();
    }

    private boolean takes(TargetConfig target, TableId table) {
        var delivery = target.delivery();
        return (delivery.tables().isEmpty() || matches(delivery.tables(), table))
                && !matches(delivery.exclude(), table)
                && config.routes().stream()
                        .anyMatch(rule -> rule.targets().contains(target.name())
                                && matches(rule.tables(), table)
                                && !matches(rule.exclude(), table));
    }

    private static boolean matches(List<TablePattern> patterns, TableId table) {
        return patterns.stream().anyMatch(pattern -> pattern.matches(table));
    }
}
