package io.gravity.local.types;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the topics, one for each format; records are told apart by the number in their keys. */
final class Topics implements AutoCloseable {
    static final List<String> FORMATS =
            List.of("gravity-json", "event-json", "debezium-json", "canal-json", "maxwell-json", "avro");
    private static final Pattern KEY = Pattern.compile("\\{\"id\":(\\d+)}");
    /** Mark and fingerprint of the single-object encoding. */
    private static final int AVRO_PREFIX = 10;

    private final Map<String, KafkaConsumer<byte[], byte[]>> consumers = new HashMap<>();
    private final Map<String, Map<Integer, String>> records = new HashMap<>();
    private final Map<Integer, String> avro = new HashMap<>();

    Topics(String brokers) {
        for (var format : FORMATS) {
            var consumer = new KafkaConsumer<>(
                    Map.<String, Object>of("bootstrap.servers", brokers, "auto.offset.reset", "earliest"),
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer());
            consumer.assign(List.of(new TopicPartition(format, 0)));
            consumers.put(format, consumer);
            records.put(format, new HashMap<>());
        }
    }

    /** Reads what is new, and returns how many rows there are. */
    int count(String format) throws IOException {
        for (var record : consumers.get(format).poll(Duration.ofMillis(500))) {
            var key = KEY.matcher(new String(record.key(), StandardCharsets.UTF_8));
            if (key.matches()) {
                int id = Integer.parseInt(key.group(1));
                records.get(format).put(id, new String(record.value(), StandardCharsets.UTF_8));
                if (format.equals("avro")) {
                    avro.put(id, decoded(record));
                }
            }
        }
        return records.get(format).size();
    }

    String record(String format, int id) {
        return records.get(format).getOrDefault(id, "no record");
    }

    /** Returns the value of column v as text. */
    String avro(int id) {
        return avro.getOrDefault(id, "no record");
    }

    private static String decoded(ConsumerRecord<byte[], byte[]> record) throws IOException {
        var header = record.headers().lastHeader("avro.schema");
        var schema = new Schema.Parser().parse(new String(header.value(), StandardCharsets.UTF_8));
        var decoder = DecoderFactory.get()
                .binaryDecoder(record.value(), AVRO_PREFIX, record.value().length - AVRO_PREFIX, null);
        var after = (GenericRecord) new GenericDatumReader<GenericRecord>(schema)
                .read(null, decoder)
                .get("after");
        var value = after.get("v");
        var type = after.getSchema().getField("v").schema().getTypes().get(1);
        if (value == null) {
            return null;
        }
        if (type.getLogicalType() instanceof LogicalTypes.Decimal decimal) {
            return new BigDecimal(new BigInteger(bytes(value)), decimal.getScale()).toPlainString();
        }
        if (type.getLogicalType() instanceof LogicalTypes.Date) {
            return LocalDate.ofEpochDay((int) value).toString();
        }
        return value instanceof ByteBuffer ? HexFormat.of().withUpperCase().formatHex(bytes(value)) : value.toString();
    }

    private static byte[] bytes(Object value) {
        var buffer = (ByteBuffer) value;
        var bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    @Override
    public void close() {
        consumers.values().forEach(KafkaConsumer::close);
    }
}
