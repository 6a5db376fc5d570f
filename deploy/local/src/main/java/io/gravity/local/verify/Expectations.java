package io.gravity.local.verify;

import io.gravity.SyncConfig;
import io.gravity.dispatch.TargetConfig;
import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.route.RouteRule;
import io.gravity.source.SourceConfig;
import io.gravity.transform.TableMapper;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Derives from a configuration what each target has to hold. Tables are those the sources have at this moment. */
final class Expectations {
    private static final String USER_TABLES = """
            SELECT table_schema, table_name FROM information_schema.tables
            WHERE table_type = 'BASE TABLE'
              AND table_schema NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema')
            ORDER BY table_schema, table_name""";

    private final SyncConfig config;

    Expectations(SyncConfig config) {
        this.config = config;
    }

    /** What becomes of one source's tables. */
    List<Expected> of(SourceConfig source, Connection connection) throws SQLException {
        var expected = new ArrayList<Expected>();
        try (var statement = connection.createStatement();
                var tables = statement.executeQuery(USER_TABLES)) {
            while (tables.next()) {
                var table = new TableId(tables.getString(1), tables.getString(2));
                if (matches(source.tables(), table) && !matches(source.exclude(), table)) {
                    expected.addAll(of(source.name(), table));
                }
            }
        }
        return expected;
    }

    private List<Expected> of(String source, TableId table) {
        var conditions = new LinkedHashMap<String, List<String>>();
        for (var rule : config.routes()) {
            if (matches(rule.tables(), table) && !matches(rule.exclude(), table)) {
                conditions(rule).forEach((target, condition) -> conditions
                        .computeIfAbsent(target, name -> new ArrayList<>())
                        .add(condition));
            }
        }
        return config.targets().stream()
                .filter(target -> conditions.containsKey(target.name()) && takes(target, table))
                .map(target -> new Expected(
                        source,
                        table,
                        String.join(" OR ", conditions.get(target.name())),
                        target.name(),
                        mapped(source, table)))
                .toList();
    }

    private static Map<String, String> conditions(RouteRule rule) {
        if (rule.strategy() != RouteRule.Strategy.CONDITIONAL) {
            return rule.targets().stream().collect(Collectors.toMap(target -> target, target -> "TRUE"));
        }
        var conditions = new LinkedHashMap<String, String>();
        for (var branch : rule.branches()) {
            for (var target : branch.targets()) {
                conditions.merge(target, "(" + branch.condition() + ")", (a, b) -> a + " OR " + b);
            }
        }
        return conditions;
    }

    private static boolean takes(TargetConfig target, TableId table) {
        var delivery = target.delivery();
        return (delivery.tables().isEmpty() || matches(delivery.tables(), table))
                && !matches(delivery.exclude(), table);
    }

    private TableId mapped(String source, TableId table) {
        return new TableMapper(source, config.mappings()).target(table);
    }

    private static boolean matches(List<TablePattern> patterns, TableId table) {
        return patterns.stream().anyMatch(pattern -> pattern.matches(table));
    }
}
