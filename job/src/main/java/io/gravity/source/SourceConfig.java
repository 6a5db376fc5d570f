package io.gravity.source;

import static java.util.Objects.requireNonNull;

import io.gravity.config.Secret;
import io.gravity.event.TablePattern;
import java.io.Serializable;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/**
 * One MySQL source.
 *
 * @param name unique among sources; part of the operator's uid
 * @param priority 1 is the highest; decides ties between sources
 * @param maxWorkers parallelism of the reader, 1 to 128
 * @param tables what to read; at least one
 * @param exclude what of {@code tables} not to read
 * @param serverIds the ids under which the readers register as replicas, one per worker; {@code null}: assigned
 * @param startup where reading begins when there is no state
 * @param tuning settings of the connector
 * @param timing when its changes count as made
 * @param onBinlogLost what to do when the server no longer has the binlog that comes next
 * @param onTableGone what becomes of the rows of tables that are emptied or dropped
 * @param origin whose transactions are not changes; {@code null}: all of them are
 */
public record SourceConfig(
        String name,
        String host,
        int port,
        String username,
        Secret password,
        int priority,
        int maxWorkers,
        List<TablePattern> tables,
        List<TablePattern> exclude,
        ServerIds serverIds,
        Startup startup,
        Tuning tuning,
        Timing timing,
        OnBinlogLost onBinlogLost,
        OnTableGone onTableGone,
        Origin origin)
        implements Serializable {

    public SourceConfig {
        requireNonNull(name, "name");
        requireNonNull(host, "host");
        requireNonNull(startup, "startup");
        requireNonNull(tuning, "tuning");
        requireNonNull(timing, "timing");
        requireNonNull(onBinlogLost, "onBinlogLost");
        requireNonNull(onTableGone, "onTableGone");
        tables = List.copyOf(tables);
        exclude = List.copyOf(exclude);
        if (maxWorkers < 1 || maxWorkers > 128) {
            throw new IllegalArgumentException(
                    "source " + name + ": maxWorkers is " + maxWorkers + ", expected 1 to 128");
        }
        if (serverIds != null && serverIds.count() < maxWorkers) {
            throw new IllegalArgumentException(
                    "source " + name + ": " + serverIds.count() + " server ids for " + maxWorkers + " workers");
        }
    }

    /** Creates a source whose changes count as made when its binlog says, and which stops when that is lost. */
    public SourceConfig(
            String name,
            String host,
            int port,
            String username,
            Secret password,
            int priority,
            int maxWorkers,
            List<TablePattern> tables,
            List<TablePattern> exclude,
            ServerIds serverIds,
            Startup startup,
            Tuning tuning) {
        this(
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
                Timing.binlog(),
                OnBinlogLost.STOP,
                OnTableGone.defaults(),
                null);
    }

    public SourceConfig withTiming(Timing newTiming) {
        return new SourceConfig(
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
                newTiming,
                onBinlogLost,
                onTableGone,
                origin);
    }

    public SourceConfig withPriority(int newPriority) {
        return new SourceConfig(
                name,
                host,
                port,
                username,
                password,
                newPriority,
                maxWorkers,
                tables,
                exclude,
                serverIds,
                startup,
                tuning,
                timing,
                onBinlogLost,
                onTableGone,
                origin);
    }

    public SourceConfig withServerIds(ServerIds newServerIds) {
        return new SourceConfig(
                name,
                host,
                port,
                username,
                password,
                priority,
                maxWorkers,
                tables,
                exclude,
                newServerIds,
                startup,
                tuning,
                timing,
                onBinlogLost,
                onTableGone,
                origin);
    }

    /** What to do when the server no longer has the binlog that comes next. */
    public enum OnBinlogLost {
        /** Read no more of this source, until somebody acts. */
        STOP,
        /** Copy all of its tables anew, beside the binlog from now on. */
        RESNAPSHOT
    }

    public SourceConfig withOnBinlogLost(OnBinlogLost newOnBinlogLost) {
        return new SourceConfig(
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
                newOnBinlogLost,
                onTableGone,
                origin);
    }

    /**
     * Whose transactions are not changes: those that begin with a row of the origin table that names it.
     *
     * @param name as all jobs of one group have it
     * @param isTarget whether this job writes there, and so has to know what its writing met
     */
    public record Origin(String name, boolean isTarget) implements Serializable {
        public Origin {
            requireNonNull(name, "name");
        }
    }

    public SourceConfig withOrigin(Origin newOrigin) {
        return new SourceConfig(
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
                newOrigin);
    }

    /**
     * What becomes of a table's rows at the targets, as far as this source has written them last.
     *
     * @param onTruncate when the table is emptied by TRUNCATE TABLE
     * @param onDropTable when the table is dropped, or renamed to something that is not read
     */
    public record OnTableGone(Rows onTruncate, Rows onDropTable) implements Serializable {

        /** What becomes of rows. */
        public enum Rows {
            DELETE_ROWS,
            IGNORE
        }

        public OnTableGone {
            requireNonNull(onTruncate, "onTruncate");
            requireNonNull(onDropTable, "onDropTable");
        }

        /** A table is emptied like by DELETE; but who drops one may want to keep what others hold of it. */
        public static OnTableGone defaults() {
            return new OnTableGone(Rows.DELETE_ROWS, Rows.IGNORE);
        }
    }

    /** A closed range of replica ids. */
    public record ServerIds(long first, long last) implements Serializable {

        /** The largest id that a server takes. */
        public static final long LARGEST = 4_294_967_295L;

        public ServerIds {
            if (first < 1 || last < first || last > LARGEST) {
                throw new IllegalArgumentException(
                        "found server ids " + first + " to " + last + ", expected a range within 1 to " + LARGEST);
            }
        }

        public long count() {
            return last - first + 1;
        }

        public boolean overlaps(ServerIds other) {
            return first <= other.last && other.first <= last;
        }

        /** Returns the range as configuration writes it. */
        @Override
        public String toString() {
            return first == last ? Long.toString(first) : first + "-" + last;
        }
    }

    /**
     * Where reading begins when there is no state.
     *
     * @param mode which of the others is set
     * @param timestampMillis for TIMESTAMP, since 1970 UTC
     * @param file for POSITION, the binlog file
     * @param position for POSITION, the byte in the file
     * @param gtids for GTID, the set already processed
     */
    public record Startup(Mode mode, long timestampMillis, String file, long position, String gtids)
            implements Serializable {

        /** How reading begins. */
        public enum Mode {
            /** Snapshot of all tables beside the binlog from now on. */
            INITIAL,
            /** Only the binlog, from now on. */
            LATEST,
            TIMESTAMP,
            POSITION,
            GTID
        }

        public static Startup initial() {
            return new Startup(Mode.INITIAL, 0, null, 0, null);
        }
    }

    /**
     * Settings of the connector; the defaults are those measured to be fast.
     *
     * @param pollInterval how long the reader waits for a batch at most; adds to latency, and costs an idle source its wake-ups
     * @param maxBatchSize events per batch
     * @param maxQueueSize events between the binlog client and the reader
     * @param chunkSize rows per snapshot chunk
     * @param fetchSize rows per round trip of the snapshot
     * @param serverTimeZone zone of the server's session; {@code null}: UTC is set for the session
     * @param jdbcProperties further properties of the JDBC URL
     */
    public record Tuning(
            Duration connectTimeout,
            int connectMaxRetries,
            int connectionPoolSize,
            Duration heartbeatInterval,
            Duration pollInterval,
            int maxBatchSize,
            int maxQueueSize,
            int chunkSize,
            int fetchSize,
            String serverTimeZone,
            Map<String, String> jdbcProperties)
            implements Serializable {

        public Tuning {
            jdbcProperties = Map.copyOf(jdbcProperties);
            if (maxQueueSize <= maxBatchSize) {
                throw new IllegalArgumentException("maxQueueSize is " + maxQueueSize
                        + ", expected more than maxBatchSize, which is " + maxBatchSize);
            }
        }

        public static Tuning defaults() {
            return new Tuning(
                    Duration.ofSeconds(10),
                    3,
                    4,
                    Duration.ofSeconds(3),
                    Duration.ofMillis(10),
                    2048,
                    8192,
                    8096,
                    1024,
                    null,
                    Map.of());
        }

        @Override
        public String toString() {
            return "Tuning[poll " + pollInterval + ", batch " + maxBatchSize + ", queue " + maxQueueSize + ", chunk "
                    + chunkSize + ", fetch " + fetchSize + ", zone " + serverTimeZone + ", jdbc "
                    + Secret.mask(jdbcProperties) + "]";
        }
    }

    /** Returns the zone in which the wall clock of a DATETIME is read. */
    ZoneId zone() {
        return tuning.serverTimeZone() == null ? ZoneOffset.UTC : ZoneId.of(tuning.serverTimeZone());
    }

    /**
     * When the source's changes count as made.
     *
     * @param columns columns that say it, for the tables that have one; the first that matches a table counts. For all
     *     other tables the binlog says it, in full seconds
     * @param clockOffset how far the source's clock is ahead of the true time; negative if it is behind
     */
    public record Timing(List<TimeColumn> columns, Duration clockOffset) implements Serializable {

        public Timing {
            columns = List.copyOf(columns);
            requireNonNull(clockOffset, "clockOffset");
        }

        /** The binlog's times, as they are. */
        public static Timing binlog() {
            return new Timing(List.of(), Duration.ZERO);
        }
    }

    /** The column that says when a change of these tables was made. */
    public record TimeColumn(TablePattern tables, String column) implements Serializable {}
}
