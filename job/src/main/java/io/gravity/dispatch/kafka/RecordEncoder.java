package io.gravity.dispatch.kafka;

import io.gravity.event.ChangeEvent;
import io.gravity.types.RowJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Makes the records of a batch. The key is that of the row whatever the format, e.g. {@code {"id":7}}.
 *
 * <p>Not thread-safe: it reuses a buffer.
 */
final class RecordEncoder {
    private final RecordFormat format;
    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(1024);

    RecordEncoder(RecordFormat format) {
        this.format = format;
    }

    ProducerRecord<byte[], byte[]> record(String topic, byte[] key, ChangeEvent event) {
        return new ProducerRecord<>(topic, null, key, value(event), format.headers(event));
    }

    byte[] key(ChangeEvent event) {
        buffer.reset();
        try {
            JsonRows.write(buffer, json -> RowJson.key(json, event.schema(), event.image()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return buffer.toByteArray();
    }

    byte[] value(ChangeEvent event) {
        buffer.reset();
        try {
            format.write(event, buffer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return buffer.toByteArray();
    }
}
