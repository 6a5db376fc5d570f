package io.gravity;

import io.gravity.config.Nearest;
import io.gravity.config.Problems;
import io.gravity.config.Section;
import io.gravity.config.Value;
import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.TargetConfig.Delivery;
import io.gravity.dispatch.TargetConfig.Group;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Reads {@code endpoints} of the YAML, and what is special about groups of them among its {@code targets}. */
final class GroupSettings {
    private static final String MEMBERS = "a list of endpoints' names";
    private static final Duration MIN = Duration.ofMillis(100);

    private final Problems problems;
    private final Servers servers;
    private final Group.Failover defaults;
    private final Map<String, Endpoint> endpoints = new LinkedHashMap<>();
    private final Map<String, Integer> lineByMember = new HashMap<>();
    private boolean isEmpty = true;

    /** Reads how to reach a server of a type. */
    @FunctionalInterface
    interface Servers {
        Function<Delivery, TargetConfig> read(Section section, String name, TargetSettings.Type type);
    }

    /** A group as read so far: whose batches its own are like, and what it is once delivery is told. */
    record Unfinished(TargetSettings.Type type, Function<Delivery, TargetConfig> at) {}

    private record Endpoint(Section section, TargetSettings.Type type, Function<Delivery, TargetConfig> at) {}

    /** Creates a reader; {@code failover} has the defaults of all groups. */
    GroupSettings(Problems problems, Servers servers, Section failover) {
        this.problems = problems;
        this.servers = servers;
        this.defaults = failover(failover, Group.Failover.defaults());
    }

    void endpoint(Section section) {
        var name = section.text("name", Names.ENDPOINT, Names::isEndpoint);
        var type = section.choice("type", TargetSettings.Type.class, Set.of());
        if (type == TargetSettings.Type.GROUP || type == TargetSettings.Type.FILE) {
            section.problem(
                    "type",
                    "found \"" + Value.nameOf(type) + "\", expected a server's type: groups and files are targets");
            return;
        }
        if (type == null) {
            return;
        }
        var at = servers.read(section, name, type);
        section.refuseOthers();
        if (name == null) {
            return;
        }
        // One with problems is known all the same, so that it is not told missing as well.
        var endpoint = new Endpoint(section, type, at);
        var first = endpoints.putIfAbsent(name, endpoint);
        if (first != null) {
            section.problem(
                    "name",
                    "found \"" + name + "\" twice, first on line "
                            + first.section().line());
        }
    }

    /** Reads the keys of a group but for its name, type and delivery. */
    Unfinished read(Section section, String name) {
        isEmpty = false;
        var strategy = section.choice("strategy", Group.Strategy.class, Group.Strategy.ROUND_ROBIN, Set.of());
        int before = problems.count();
        var primary = members(section, "primary");
        if (primary.isEmpty() && problems.count() == before) {
            section.problem("primary", (section.has("primary") ? "found none" : "missing") + ", expected " + MEMBERS);
        }
        var backup = members(section, "backup");
        var names = new ArrayList<>(primary);
        names.addAll(backup);
        var weights = weights(section, strategy, names);
        var own = failover(section.section("failover"), defaults);
        var type = names.isEmpty()
                ? TargetSettings.Type.GROUP
                : endpoints.get(names.get(0)).type();
        return new Unfinished(type, delivery -> {
            var members = names.stream()
                    .map(member -> new Group.Member(
                            endpoints.get(member).at().apply(delivery),
                            weights.getOrDefault(member, 1),
                            backup.contains(member)));
            return new Group(name, strategy, members.toList(), own, delivery);
        });
    }

    private List<String> members(Section section, String key) {
        var members = new ArrayList<String>();
        for (var item : section.list(key, MEMBERS)) {
            var expected = endpoints.isEmpty()
                    ? "the name of a server that endpoints lists, which lists none"
                    : "the name of one of the endpoints: " + String.join(", ", endpoints.keySet());
            item.text(expected).ifPresent(name -> {
                var taken = lineByMember.get(name);
                if (!endpoints.containsKey(name)) {
                    item.expected(expected + "." + Nearest.hint(name, List.copyOf(endpoints.keySet())));
                } else if (taken != null) {
                    item.problem("found \"" + name + "\", which is a member on line " + taken
                            + " already, expected each endpoint in one place");
                } else {
                    lineByMember.put(name, item.line());
                    members.add(name);
                }
            });
        }
        return members;
    }

    private static Map<String, Integer> weights(Section section, Group.Strategy strategy, List<String> names) {
        var weights = new HashMap<String, Integer>();
        section.value("weights").ifPresent(value -> {
            if (strategy != Group.Strategy.WEIGHTED_ROUND_ROBIN) {
                value.problem("found beside strategy " + Value.nameOf(strategy)
                        + ", expected with strategy weighted-round-robin");
            }
            value.members("members with their weights").forEach((name, weight) -> {
                if (!names.contains(name)) {
                    weight.problem("unknown member, expected one of " + String.join(", ", names) + "."
                            + Nearest.hint(name, names));
                }
                weight.number(1, 1000, 2).ifPresent(number -> weights.put(name, (int) number));
            });
        });
        return weights;
    }

    private static Group.Failover failover(Section section, Group.Failover fallback) {
        var failover = new Group.Failover(
                section.duration("detection-timeout", MIN, Duration.ofHours(1), fallback.detectionTimeout()),
                section.duration("retry-interval", MIN, Duration.ofDays(1), fallback.retryInterval()),
                section.number("max-retries", 0, 1000, fallback.maxRetries()));
        section.refuseOthers();
        return failover;
    }

    /** Refuses what no group needs. */
    void end(Section root) {
        if (isEmpty && root.has("failover")) {
            root.problem("failover", "found without a group of targets, expected a target of type group");
        }
        endpoints.forEach((name, endpoint) -> {
            if (!lineByMember.containsKey(name)) {
                endpoint.section()
                        .problem(
                                "name",
                                "found \"" + name
                                        + "\", which no group names, expected it in primary or backup of one");
            }
        });
    }
}
