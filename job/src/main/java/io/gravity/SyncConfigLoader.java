package io.gravity;

import io.gravity.audit.QuarantineConfig;
import io.gravity.config.ConfigException;
import io.gravity.config.ConfigFile;
import io.gravity.config.Nearest;
import io.gravity.config.Problems;
import io.gravity.config.Section;
import io.gravity.config.Value;
import io.gravity.event.TableId;
import io.gravity.extension.ExtensionJars;
import io.gravity.order.OrderConfig;
import io.gravity.source.SourceConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/** Reads the YAML of a job: everything in it is honoured or refused, and all problems are reported at once. */
public final class SyncConfigLoader {
    private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(10);

    private SyncConfigLoader() {}

    /**
     * Returns the checked configuration.
     *
     * @param environment returns a variable's value, or {@code null} if it is not set; {@code System::getenv}
     * @throws ConfigException if there is any problem, naming all of them
     */
    public static SyncConfig load(Path file, Function<String, String> environment) {
        var problems = new Problems(file.toString());
        var root = ConfigFile.read(file, "gravity", environment, problems);
        var extensions = new ExtensionSettings(file.toAbsolutePath().getParent(), problems).read(root);
        try (var visible = extensions.open()) {
            return read(root, extensions, problems);
        }
    }

    private static SyncConfig read(Section root, ExtensionJars extensions, Problems problems) {
        var realtime = new RealtimeSettings(root.section("realtime"));
        var sources = new SourceSettings(problems, realtime.heartbeatInterval());
        sections(root, "sources", "sources, each with name:, type: and so on").forEach(sources::read);
        var read = sources.sources();

        var order = order(root.section("merge"), realtime.bufferSize());
        var quality = new QualitySettings(
                        root.section("data-quality"), root.has("quarantine"), syncs(root, read), problems)
                .read();
        var repair = new RepairSettings(root.section("auto-repair"), problems).read();
        var targets = targets(root, realtime.stream(), order, problems);
        realtime.end();

        var routes = new RouteSettings(problems, targets.names());
        routes.readAll(root);

        var transforms = new TransformSettings(problems, root.has("quarantine")).read(root.section("transformer"));
        var mappings = TableMappingSettings.ofJob(root, sources.names(), problems);
        var resolution = root.section("conflict-resolution");
        var resolveSettings = new ResolveSettings(resolution, problems);
        var priorities = resolveSettings.priorities(sources.names());
        var resolve = resolveSettings.read();
        resolution.refuseOthers();
        var quarantine = quarantine(root, targets.names(), problems);
        var rules = routes.rules(targets.targets());
        targets.refuseRowsInFiles(rules);
        var checkpointInterval =
                root.duration("checkpoint-interval", Duration.ofMillis(100), Duration.ofDays(1), CHECKPOINT_INTERVAL);

        var origin = root.text("origin", Names.ORIGIN, Names::isOrigin, null);
        root.later(LaterKeys.ROOT);
        root.refuseOthers();
        var complete =
                read.stream().map(source -> prioritised(source, priorities)).toList();
        problems.throwIfAny();
        var config = new SyncConfig(
                complete,
                transforms,
                mappings,
                order,
                quality,
                repair,
                resolve,
                rules,
                targets.targets(),
                quarantine,
                extensions,
                checkpointInterval);
        NameCollisions.in(config)
                .forEach((target, text) -> problems.add(
                        targets.lineOf(target), "targets[" + targets.names().indexOf(target) + "]", text));
        problems.throwIfAny();
        return Ends.marked(config, origin);
    }

    /** Returns the sections of a list that must hold one at least. */
    private static List<Section> sections(Section root, String key, String expected) {
        root.required(key, "a list of " + expected)
                .filter(Value::isEmptyList)
                .ifPresent(value -> value.expected("a list of " + expected));
        return root.sections(key, expected);
    }

    /** Returns whether some source may read a table of this name; what a mapping makes of names is not looked at. */
    private static Predicate<String> syncs(Section root, List<SourceConfig> sources) {
        if (root.has("table-mapping") || sources.isEmpty()) {
            return table -> true;
        }
        return table -> sources.stream()
                .flatMap(source -> source.tables().stream())
                .anyMatch(pattern -> table.indexOf('.') >= 0
                        ? pattern.matches(TableId.parse(table))
                        : table.matches(pattern.nameRegex()));
    }

    private static TargetSettings targets(Section root, Section stream, OrderConfig order, Problems problems) {
        var targets = new TargetSettings(problems, stream, order, root.has("quarantine"), root.section("failover"));

        root.sections("endpoints", "servers, each with name:, type: and so on").forEach(targets.groups()::endpoint);
        var group = root.value("targets").filter(Value::isMapping).map(value -> value.section("targets"));
        if (group.isPresent() && (group.get().has("primary") || group.get().has("backup"))) {
            targets.readGroup(group.get());
        } else if (group.isPresent()) {
            root.value("targets").ifPresent(targets::readNamed);
        } else {
            sections(root, "targets", "targets, each with name:, type: and so on")
                    .forEach(targets::read);
        }
        targets.groups().end(root);
        return targets;
    }

    private static SourceConfig prioritised(SourceConfig source, Map<String, Integer> priorities) {
        return source.withPriority(priorities.getOrDefault(source.name(), source.priority()));
    }

    private static OrderConfig order(Section section, Integer bufferSize) {
        var defaults = OrderConfig.defaults();
        var order = new OrderConfig(
                section.choice("strategy", OrderConfig.Strategy.class, defaults.strategy(), Set.of()),
                section.duration("max-delay", Duration.ZERO, Duration.ofMinutes(10), defaults.maxDelay()),
                section.number(
                        "max-buffered-changes",
                        1,
                        RealtimeSettings.MAX_BUFFER,
                        bufferSize == null ? defaults.maxBufferedChanges() : bufferSize),
                section.size("max-buffered-bytes", 1024, 1L << 34, defaults.maxBufferedBytes()));
        section.refuseOthers();
        return order;
    }

    private static QuarantineConfig quarantine(Section root, List<String> targetNames, Problems problems) {
        if (!root.has("quarantine")) {
            return null;
        }
        int before = problems.count();
        var section = root.section("quarantine");
        var expected = "the name of a target: " + String.join(", ", targetNames);
        var target = section.required("target", expected).flatMap(value -> {
            var name = value.text(expected);
            if (name.isPresent() && !targetNames.contains(name.get())) {
                value.expected(expected + "." + Nearest.hint(name.get(), targetNames));
            }
            return name;
        });
        var table = section.text("table", Names.PLAIN_TABLE, Names::isPlainTable, QuarantineConfig.DEFAULT_TABLE);
        section.refuseOthers();
        return problems.count() == before ? new QuarantineConfig(target.orElseThrow(), table) : null;
    }
}
