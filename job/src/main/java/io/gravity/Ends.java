package io.gravity;

import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.TargetNames;
import io.gravity.event.ChangeEvent;
import io.gravity.event.TableId;
import io.gravity.event.TablePattern;
import io.gravity.route.RouteFunction;
import io.gravity.source.SourceConfig;
import io.gravity.source.SourceConfig.Origin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Knows which sources are targets as well: servers with the same host and port, of which the target may write what the
 * source reads. When in doubt it says that they are: that costs a row for each transaction, the opposite would let
 * changes go round.
 */
final class Ends {
    /** The origin of jobs that read where they write, and don't say another. */
    static final String DEFAULT_ORIGIN = "gravity";

    private final SyncConfig config;

    Ends(SyncConfig config) {
        this.config = config;
    }

    /**
     * Returns the configuration with what follows from its origin.
     *
     * @param origin {@code null}: the default one if the job reads where it writes, else none
     */
    static SyncConfig marked(SyncConfig config, String origin) {
        var known = new Ends(config);
        var ends = known.found();
        var name = origin == null && !ends.isEmpty() ? DEFAULT_ORIGIN : origin;
        if (name == null) {
            return config;
        }
        return config.with(
                config.sources().stream()
                        .map(source -> source.withOrigin(new Origin(name, ends.contains(source.name()))))
                        .toList(),
                config.targets().stream()
                        .map(target -> known.marked(target, name))
                        .toList());
    }

    private TargetConfig marked(TargetConfig target, String origin) {
        if (target instanceof TargetConfig.MySql mySql) {
            return mySql.withOrigin(
                    new TargetConfig.MySql.Origin(origin, !sourcesAt(mySql).isEmpty()));
        }
        if (target instanceof TargetConfig.Group group) {
            return new TargetConfig.Group(
                    group.name(),
                    group.strategy(),
                    group.members().stream()
                            .map(member -> new TargetConfig.Group.Member(
                                    marked(member.target(), origin), member.weight(), member.isBackup()))
                            .toList(),
                    group.failover(),
                    group.delivery());
        }
        return target;
    }

    /** Returns the names of the sources that the configuration knows to be targets as well. */
    static Set<String> of(SyncConfig config) {
        return config.sources().stream()
                .filter(source -> source.origin() != null && source.origin().isTarget())
                .map(SourceConfig::name)
                .collect(Collectors.toSet());
    }

    private Set<String> found() {
        var names = new TreeSet<String>();
        for (var target : config.targets()) {
            names.addAll(sourcesAt(target));
        }
        return names;
    }

    private Set<String> sourcesAt(TargetConfig target) {
        var names = new HashSet<String>();
        if (target instanceof TargetConfig.MySql mySql && receivesRows(mySql)) {
            config.sources().stream()
                    .filter(source -> isOneServer(source, mySql) && mayRead(source, mySql))
                    .forEach(source -> names.add(source.name()));
        }
        return names;
    }

    private boolean receivesRows(TargetConfig target) {
        return config.routes().stream().anyMatch(rule -> rule.targets().contains(target.name()));
    }

    private static boolean isOneServer(SourceConfig source, TargetConfig.MySql target) {
        return source.port() == target.port() && source.host().equalsIgnoreCase(target.host());
    }

    /** Returns whether the target may write what the source reads, by the names of databases. */
    private boolean mayRead(SourceConfig source, TargetConfig.MySql target) {
        return databases(target).stream().anyMatch(database -> source.tables().stream()
                .anyMatch(pattern -> database == null || reads(pattern, database)));
    }

    private static boolean reads(TablePattern pattern, String database) {
        return Pattern.matches(pattern.databaseRegex(), database);
    }

    /** Returns the databases that a target writes; {@code null} stands for some that can't be foreseen. */
    private List<String> databases(TargetConfig.MySql target) {
        var databases = new ArrayList<String>();
        target.mappings().forEach(naming -> databases.add(database(naming.target())));
        if (target.database() != null) {
            databases.add(target.database());
            return databases;
        }
        config.mappings().forEach(mapping -> databases.add(database(mapping.target())));
        for (var source : config.sources()) {
            for (var pattern : source.tables()) {
                boolean isMapped = config.mappings().stream()
                        .anyMatch(mapping ->
                                (mapping.source() == null || mapping.source().equals(source.name()))
                                        && mapping.naming().tables().contains(pattern));
                if (!isMapped) {
                    var text = pattern.text();
                    databases.add(text.indexOf('.') < 0 ? null : database(text));
                }
            }
        }
        return databases;
    }

    private static String database(String name) {
        var database = name.substring(0, name.indexOf('.'));
        return database.chars().anyMatch(c -> c == '$' || c == '*' || c == '?') ? null : database;
    }

    /** Returns what tells the changes that come from the table the target would write. */
    RouteFunction.Home homeOf(TargetConfig target) {
        var names = sourcesAt(target);
        names.retainAll(of(config));
        return names.isEmpty() ? change -> false : new SameTable(Set.copyOf(names), (TargetConfig.MySql) target);
    }

    /** A row's own table, at its own server. */
    private static final class SameTable implements RouteFunction.Home {
        private static final long serialVersionUID = 1L;

        private final Set<String> sources;
        private final TargetConfig.MySql target;
        private transient TargetNames names;
        private transient Map<TableId, TableId> known;

        SameTable(Set<String> sources, TargetConfig.MySql target) {
            this.sources = sources;
            this.target = target;
        }

        @Override
        public boolean test(ChangeEvent change) {
            if (!sources.contains(change.source())) {
                return false;
            }
            if (known == null) {
                known = new HashMap<>();
                names = new TargetNames(target.name(), target.database(), target.mappings());
            }
            return known.computeIfAbsent(change.target(), names::of).equals(change.table());
        }
    }
}
