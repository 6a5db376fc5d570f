package io.gravity.dispatch.kafka;

import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.UnfitRule;
import io.gravity.event.ChangeEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.apache.kafka.common.header.Header;

/** The form of a change as a record's value. Thread-safe: what depends on a table's columns is prepared once for all. */
interface RecordFormat {

    /**
     * Writes the value.
     *
     * @throws io.gravity.dispatch.UnfitValueException if the row holds a value that the format has no form for
     * @throws UnfitTableException if the format's settings don't fit the table
     * @throws ClassCastException or {@link ArithmeticException} if the row holds a value that its column's type does not
     *     allow
     */
    void write(ChangeEvent event, OutputStream out) throws IOException;

    /** Returns what a reader needs beside the value. */
    default List<Header> headers(ChangeEvent event) {
        return List.of();
    }

    /** Returns whether a delete is followed by a record without value, which clears its key from a compacted topic. */
    boolean hasTombstones();

    static RecordFormat of(TargetConfig.Kafka config, UnfitRule unfit) {
        return switch (config.format()) {
            case GRAVITY_JSON -> new GravityJson();
            case DEBEZIUM_JSON -> new DebeziumJson();
            case CANAL_JSON -> new CanalJson();
            case MAXWELL_JSON -> new MaxwellJson();
            case EVENT_JSON -> new EventJson(config.events(), unfit);
            case AVRO -> new AvroFormat(unfit);
        };
    }
}
