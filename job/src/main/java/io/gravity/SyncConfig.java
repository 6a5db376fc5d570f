package io.gravity;

import static java.util.Objects.requireNonNull;

import io.gravity.audit.QuarantineConfig;
import io.gravity.dispatch.TargetConfig;
import io.gravity.extension.ExtensionJars;
import io.gravity.order.OrderConfig;
import io.gravity.quality.QualityConfig;
import io.gravity.repair.RepairConfig;
import io.gravity.resolve.ResolveConfig;
import io.gravity.route.RouteRule;
import io.gravity.source.SourceConfig;
import io.gravity.transform.TableMapping;
import io.gravity.transform.Transform;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The whole configuration of a job, checked.
 *
 * @param transforms what is done to each row, in this order
 * @param quarantine where changes go that can't be delivered; {@code null}: nowhere, they are tried for ever
 * @param extensions jars of users' own that travel with the job
 * @param checkpointInterval how often Flink takes a checkpoint; also bounds what is read twice after a failure
 */
public record SyncConfig(
        List<SourceConfig> sources,
        List<Transform> transforms,
        List<TableMapping> mappings,
        OrderConfig order,
        QualityConfig quality,
        RepairConfig repair,
        ResolveConfig resolve,
        List<RouteRule> routes,
        List<TargetConfig> targets,
        QuarantineConfig quarantine,
        ExtensionJars extensions,
        Duration checkpointInterval)
        implements Serializable {

    public SyncConfig {
        sources = List.copyOf(sources);
        transforms = List.copyOf(transforms);
        mappings = List.copyOf(mappings);
        requireNonNull(order, "order");
        requireNonNull(quality, "quality");
        requireNonNull(repair, "repair");
        requireNonNull(resolve, "resolve");
        routes = List.copyOf(routes);
        targets = List.copyOf(targets);
        requireNonNull(extensions, "extensions");
        requireNonNull(checkpointInterval, "checkpointInterval");
    }

    /** Creates a configuration without transforms, repairs and extensions. */
    public SyncConfig(
            List<SourceConfig> sources,
            List<TableMapping> mappings,
            OrderConfig order,
            QualityConfig quality,
            ResolveConfig resolve,
            List<RouteRule> routes,
            List<TargetConfig> targets,
            QuarantineConfig quarantine,
            Duration checkpointInterval) {
        this(
                sources,
                List.of(),
                mappings,
                order,
                quality,
                RepairConfig.none(),
                resolve,
                routes,
                targets,
                quarantine,
                ExtensionJars.none(),
                checkpointInterval);
    }

    /** Returns the same job with these transforms. */
    public SyncConfig withTransforms(List<Transform> others) {
        return with(others, repair);
    }

    /** Returns the same job with these repairs. */
    public SyncConfig withRepair(RepairConfig other) {
        return with(transforms, other);
    }

    private SyncConfig with(List<Transform> newTransforms, RepairConfig newRepair) {
        return new SyncConfig(
                sources,
                newTransforms,
                mappings,
                order,
                quality,
                newRepair,
                resolve,
                routes,
                targets,
                quarantine,
                extensions,
                checkpointInterval);
    }

    /** Returns the same job between these sources and targets. */
    SyncConfig with(List<SourceConfig> newSources, List<TargetConfig> newTargets) {
        return new SyncConfig(
                newSources,
                transforms,
                mappings,
                order,
                quality,
                repair,
                resolve,
                routes,
                newTargets,
                quarantine,
                extensions,
                checkpointInterval);
    }

    /** Returns the name under which the job writes; nothing if it has none. */
    Optional<String> origin() {
        return Optional.ofNullable(sources.get(0).origin()).map(SourceConfig.Origin::name);
    }

    /** Returns whether a row's before image is always what an earlier change of it has left at the targets. */
    boolean keepsEveryRow() {
        return quality.isEmpty() && repair.isEmpty() && transforms.isEmpty();
    }

    /** Returns the target that dead letters go to. */
    Optional<TargetConfig> quarantineTarget() {
        return targets.stream()
                .filter(target -> quarantine != null && quarantine.target().equals(target.name()))
                .findFirst();
    }

    /**
     * Returns the configuration as YAML with every default filled in and every credential as {@code ***}; loads again
     * to an equal configuration once the credentials are put back.
     */
    public String render() {
        return EffectiveConfig.of(this);
    }
}
