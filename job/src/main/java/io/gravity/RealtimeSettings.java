package io.gravity;

import io.gravity.config.Section;
import io.gravity.config.Value;
import io.gravity.source.SourceConfig.Tuning;
import java.time.Duration;
import java.util.Set;

/**
 * Reads {@code realtime}: defaults for sources, targets and the order, and what every job does anyway. The batches of
 * {@code stream} are read by {@link TargetSettings}.
 */
final class RealtimeSettings {
    static final int MAX_BUFFER = 10_000_000;

    private final Section section;
    private final Section stream;
    private final Duration heartbeatInterval;
    private final Integer bufferSize;

    /** How a binlog can be read. */
    enum ReadMode {
        REALTIME
    }

    RealtimeSettings(Section section) {
        this.section = section;
        always(section, "enabled", "every job goes on with what changes; leave it out");
        this.stream = section.section("stream");
        // Flink's parallelism says how many subtasks a stage has.
        stream.number("worker-threads", 1, 1000, 1);
        int size = stream.number("buffer-size", 1, MAX_BUFFER, 1);
        this.bufferSize = stream.has("buffer-size") ? size : null;
        var binlog = section.section("binlog");
        binlog.choice("read-mode", ReadMode.class, ReadMode.REALTIME, Set.of());
        this.heartbeatInterval = binlog.seconds(
                "heartbeat-interval",
                Duration.ofMillis(100),
                Duration.ofHours(1),
                Tuning.defaults().heartbeatInterval());
        // A connection that is silent for long is found by its missing heartbeats.
        binlog.seconds("read-timeout", Duration.ofSeconds(1), Duration.ofHours(1), Duration.ofSeconds(30));
        binlog.refuseOthers();
    }

    /** Refuses {@code false} for what can't be switched off. */
    static void always(Section section, String key, String why) {
        section.value(key)
                .flatMap(Value::flag)
                .filter(on -> !on)
                .ifPresent(off -> section.problem(key, "found \"false\", expected true: " + why));
    }

    Section stream() {
        return stream;
    }

    /** Returns the interval for sources that state none. */
    Duration heartbeatInterval() {
        return heartbeatInterval;
    }

    /** Returns how many changes wait to be put in order at most; {@code null} if that is not said here. */
    Integer bufferSize() {
        return bufferSize;
    }

    /** Refuses all other keys, once everybody has read those that he knows. */
    void end() {
        stream.refuseOthers();
        section.refuseOthers();
    }
}
