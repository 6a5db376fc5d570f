package io.gravity.source;

import io.gravity.config.Secret;
import io.gravity.event.TablePattern;
import java.io.Serializable;
import java.time.Duration;
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
        Tuning tuning)
        implements Serializable {

    /** A closed range of replica ids. */
    public record ServerIds(long first, long last) implements Serializable {
        public boolean overlaps(ServerIds other) {
            return first <= other.last && other.first <= last;
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
     * @param pollInterval how long the reader waits for a batch at most; dominates latency
     * @param maxBatchSize events per batch
     * @param maxQueueSize events between the binlog client and the reader
     * @param chunkSize rows per snapshot chunk
     * @param fetchSize rows per round trip of the snapshot
     * @param serverTimeZone zone of the server's session; {@code null}: asked from the server
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

        public static Tuning defaults() {
            return new Tuning(
                    Duration.ofSeconds(10),
                    3,
                    4,
                    Duration.ofSeconds(3),
                    Duration.ofMillis(1),
                    2048,
                    8192,
                    8096,
                    1024,
                    null,
                    Map.of());
        }
    }
}
