package io.gravity.local.server;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Server variables beyond the defaults of {@link DatabaseServers}, for example
 * {@code innodb_buffer_pool_size=512M} or {@code default_time_zone=+08:00}. They win over the
 * defaults and hold over restarts.
 *
 * @param variables name to value, as on the server's command line
 */
public record DatabaseOptions(Map<String, String> variables) {
    public DatabaseOptions {
        variables = Map.copyOf(variables);
    }

    /** The defaults only. */
    public static DatabaseOptions none() {
        return new DatabaseOptions(Map.of());
    }

    /** These options and one more. */
    public DatabaseOptions with(String variable, String value) {
        var more = new TreeMap<>(variables);
        more.put(variable, value);
        return new DatabaseOptions(more);
    }

    List<String> arguments() {
        return new TreeMap<>(variables)
                .entrySet().stream()
                        .map(v -> "--" + v.getKey() + "=" + v.getValue())
                        .toList();
    }
}
