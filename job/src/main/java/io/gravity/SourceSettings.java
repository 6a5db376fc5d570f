package io.gravity;

import io.gravity.config.Problems;
import io.gravity.config.Section;
import io.gravity.config.Value;
import io.gravity.source.SourceConfig;
import io.gravity.source.SourceConfig.OnBinlogLost;
import io.gravity.source.SourceConfig.OnTableGone;
import io.gravity.source.SourceConfig.ServerIds;
import io.gravity.source.SourceConfig.Startup;
import io.gravity.source.SourceConfig.TimeColumn;
import io.gravity.source.SourceConfig.Timing;
import io.gravity.source.SourceConfig.Tuning;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads {@code sources} of the YAML. */
final class SourceSettings {
    private static final int MOST_SERVER_IDS = 1000;
    private static final String SERVER_IDS = "a number from 1 to " + ServerIds.LARGEST + " or a range of at most "
            + MOST_SERVER_IDS + ", e.g. 5400-5403";
    private static final String TIME_ZONE = "a time zone, e.g. Asia/Shanghai or +08:00";
    private static final String TIME_COLUMN = "the name of a column, e.g. updated_at";
    private static final Pattern SERVER_IDS_FORM = Pattern.compile("(\\d{1,10})(?: ?- ?(\\d{1,10}))?");

    private final Problems problems;
    private final Duration heartbeatInterval;
    private final Map<String, Integer> lineByName = new HashMap<>();
    private final List<Claim> claims = new ArrayList<>();
    private final List<SourceConfig> sources = new ArrayList<>();

    /** Creates a reader; the interval is that of sources that state none. */
    SourceSettings(Problems problems, Duration heartbeatInterval) {
        this.problems = problems;
        this.heartbeatInterval = heartbeatInterval;
    }

    private record Claim(Section section, ServerIds ids) {}

    enum Type {
        MYSQL
    }

    void read(Section section) {
        int before = problems.count();
        var name = section.text("name", Names.NAME, Names::isName);
        if (name != null) {
            var first = lineByName.putIfAbsent(name, section.line());
            if (first != null) {
                section.problem("name", "found \"" + name + "\" twice, first on line " + first);
            }
        }
        section.choice("type", Type.class, Set.of());
        var host = section.text("host", Names.HOST, Names::isHost);
        int port = section.number("port", 1, 65535, 3306);
        var username = section.text("username", Names.USER, Names::isText);
        var password = section.secret("password");
        int priority = section.number("priority", 1, 1000, sources.size() + 1);
        int maxWorkers = section.number("max-workers", 1, 128, 1);
        var database = section.text("database", Names.DATABASE, Names::isDatabase, null);
        int beforeTables = problems.count();
        var tables = Names.tables(section, "tables", database);
        if (tables.isEmpty() && problems.count() == beforeTables) {
            section.problem(
                    "tables", (section.has("tables") ? "found none" : "missing") + ", expected " + Names.TABLES);
        }
        var exclude = Names.tables(section, "exclude", database);
        var serverIds = serverIds(section, maxWorkers);
        var startup = section.has("startup") ? startup(section.section("startup")) : Startup.initial();
        var onBinlogLost = onBinlogLost(section, startup);
        var onTableGone = onTableGone(section);
        var tuning = tuning(section);
        var timing = timing(section, database);
        section.value("startup");
        section.refuseOthers();
        if (problems.count() == before) {
            sources.add(new SourceConfig(
                    name,
                    host,
                    port,
                    username,
                    password,
                    priority,
                    maxWorkers,
                    tables,
                    exclude,
                    serverIds,
                    startup,
                    tuning,
                    timing,
                    onBinlogLost,
                    onTableGone,
                    null));
        }
    }

    /** Returns the names read so far, also those of sources with problems. */
    Set<String> names() {
        return lineByName.keySet();
    }

    /** Returns the sources without problems, each with its own server ids. */
    List<SourceConfig> sources() {
        for (var claim : claims) {
            for (var other : claims) {
                if (!claim.equals(other) && claim.ids().overlaps(other.ids())) {
                    claim.section()
                            .problem(
                                    "server-id",
                                    "found " + claim.ids() + ", which overlaps " + other.ids() + " of "
                                            + other.section().path()
                                            + " on line " + other.section().lineOf("server-id")
                                            + ", expected a range of its own");
                }
            }
        }
        return ServerIdAssignment.complete(sources);
    }

    private ServerIds serverIds(Section section, int maxWorkers) {
        var text = section.text("server-id", SERVER_IDS, value -> parseServerIds(value) != null, null);
        if (text == null) {
            return null;
        }
        var ids = parseServerIds(text);
        claims.add(new Claim(section, ids));
        if (ids.count() < maxWorkers) {
            section.problem(
                    "server-id",
                    "found \"" + text + "\", expected at least " + maxWorkers
                            + " ids, one for each of max-workers, e.g. "
                            + new ServerIds(ids.first(), ids.first() + maxWorkers - 1));
        }
        return ids;
    }

    private static ServerIds parseServerIds(String text) {
        var matcher = SERVER_IDS_FORM.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        long first = Long.parseLong(matcher.group(1));
        long last = matcher.group(2) == null ? first : Long.parseLong(matcher.group(2));
        boolean valid = first >= 1 && last >= first && last <= ServerIds.LARGEST && last - first < MOST_SERVER_IDS;
        return valid ? new ServerIds(first, last) : null;
    }

    private static Startup startup(Section section) {
        var mode = section.choice("mode", Startup.Mode.class, Set.of());
        long timestampMillis = 0;
        String file = null;
        long position = 0;
        String gtids = null;
        if (mode != null) {
            refuseCompanions(section, mode);
            switch (mode) {
                case INITIAL, LATEST -> {}
                case TIMESTAMP ->
                    timestampMillis = section.required("timestamp-millis", "milliseconds since 1970 UTC")
                            .map(value -> value.number(0, 253_402_300_799_999L, 1_767_225_600_000L)
                                    .orElse(0))
                            .orElse(0L);
                case POSITION -> {
                    file = section.text("file", "a binlog file, e.g. mysql-bin.000003", Names::isText);
                    position = section.required("position", "the byte in the binlog file, e.g. 4")
                            .map(value -> value.number(4, Long.MAX_VALUE, 4).orElse(4))
                            .orElse(4L);
                }
                case GTID ->
                    gtids = section.text("gtids", "the set of GTIDs already processed, e.g. 0-1-270", Names::isText);
            }
        }
        for (var companion : List.of("timestamp-millis", "file", "position", "gtids")) {
            section.value(companion);
        }
        section.refuseOthers();
        return new Startup(mode == null ? Startup.Mode.INITIAL : mode, timestampMillis, file, position, gtids);
    }

    private static OnBinlogLost onBinlogLost(Section section, Startup startup) {
        var policy = section.choice("on-binlog-lost", OnBinlogLost.class, OnBinlogLost.STOP, Set.of());
        if (policy == OnBinlogLost.RESNAPSHOT && startup.mode() != Startup.Mode.INITIAL) {
            section.problem(
                    "on-binlog-lost",
                    "found resnapshot beside startup mode " + Value.nameOf(startup.mode())
                            + ", which copies no tables, expected stop, or startup mode initial");
        }
        return policy;
    }

    private static OnTableGone onTableGone(Section section) {
        var defaults = OnTableGone.defaults();
        return new OnTableGone(
                section.choice("on-truncate", OnTableGone.Rows.class, defaults.onTruncate(), Set.of()),
                section.choice("on-drop-table", OnTableGone.Rows.class, defaults.onDropTable(), Set.of()));
    }

    private static void refuseCompanions(Section section, Startup.Mode mode) {
        var owners = Map.of(
                "timestamp-millis", Startup.Mode.TIMESTAMP,
                "file", Startup.Mode.POSITION,
                "position", Startup.Mode.POSITION,
                "gtids", Startup.Mode.GTID);
        owners.forEach((key, owner) -> {
            if (owner != mode && section.has(key)) {
                section.problem(
                        key, "found beside mode " + Value.nameOf(mode) + ", expected with mode " + Value.nameOf(owner));
            }
        });
    }

    private static Timing timing(Section section, String database) {
        var columns = new ArrayList<TimeColumn>();
        section.value("event-time")
                .map(value -> value.members("table names or patterns, each with a column"))
                .orElse(Map.of())
                .forEach((table, value) -> {
                    var column = value.text(TIME_COLUMN).orElse(null);
                    if (!Names.isTable(table)) {
                        value.problem("found the key \"" + table + "\", expected " + Names.TABLE);
                    } else if (column != null && !Names.isText(column)) {
                        value.expected(TIME_COLUMN);
                    } else if (column != null) {
                        columns.add(new TimeColumn(Names.pattern(table, database), column));
                    }
                });
        var offset = section.duration("clock-offset", Duration.ofDays(-1), Duration.ofDays(1), Duration.ZERO);
        return new Timing(columns, offset);
    }

    private Tuning tuning(Section section) {
        var defaults = Tuning.defaults();
        int maxBatchSize = section.number("max-batch-size", 1, 1_000_000, defaults.maxBatchSize());
        int maxQueueSize =
                section.number("max-queue-size", 2, 10_000_000, Math.max(defaults.maxQueueSize(), 4 * maxBatchSize));
        if (maxQueueSize <= maxBatchSize) {
            section.problem(
                    section.has("max-queue-size") ? "max-queue-size" : "max-batch-size",
                    "found a queue of " + maxQueueSize + " for batches of " + maxBatchSize
                            + ", expected max-queue-size to be larger than max-batch-size, e.g. " + 4 * maxBatchSize);
            maxQueueSize = maxBatchSize + 1;
        }
        return new Tuning(
                section.duration(
                        "connect-timeout", Duration.ofMillis(250), Duration.ofMinutes(10), defaults.connectTimeout()),
                section.number("connect-max-retries", 1, 1000, defaults.connectMaxRetries()),
                section.number("connection-pool-size", 2, 1000, defaults.connectionPoolSize()),
                section.duration("heartbeat-interval", Duration.ofMillis(100), Duration.ofHours(1), heartbeatInterval),
                section.duration("poll-interval", Duration.ofMillis(1), Duration.ofMinutes(1), defaults.pollInterval()),
                maxBatchSize,
                maxQueueSize,
                section.number("chunk-size", 2, 100_000_000, defaults.chunkSize()),
                section.number("fetch-size", 2, 1_000_000, defaults.fetchSize()),
                section.text("server-time-zone", TIME_ZONE, SourceSettings::isTimeZone, defaults.serverTimeZone()),
                section.properties("jdbc-properties"));
    }

    private static boolean isTimeZone(String text) {
        try {
            return !ZoneId.of(text).getId().isEmpty();
        } catch (DateTimeException e) {
            return false;
        }
    }
}
