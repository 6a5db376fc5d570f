package io.gravity.dispatch.kafka;

import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.TargetErrors;
import io.gravity.dispatch.TargetWriter;
import io.gravity.dispatch.TargetWriters;
import io.gravity.dispatch.UnfitRule;
import io.gravity.dispatch.UnfitValueException;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.ChangeEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.flink.metrics.MetricGroup;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes batches to one Kafka cluster, a record per change, in the target's {@link RecordFormat}; one
 * more per delete, where the format has tombstones.
 *
 * <p>One idempotent producer serves all calls; it keeps the order of a partition through its own retries, and is
 * replaced after an error it can't survive. Missing topics are created. Dead brokers are noticed within 10 s if a
 * topic's leader is not known yet, else within {@code delivery.timeout.ms} (60 s).
 */
public final class KafkaWriter implements TargetWriter {
    private static final Duration CLOSE = Duration.ofSeconds(4);

    /** What opens a writer of a target. */
    private record Writers(TargetConfig.Kafka config) implements TargetWriters {
        private static final long serialVersionUID = 1L;

        @Override
        public TargetWriter open() {
            return new KafkaWriter(config);
        }

        @Override
        public TargetWriter open(MetricGroup metrics) {
            return new KafkaWriter(config, UnfitRule.of(config, metrics));
        }
    }

    private record Sent(ChangeEvent event, String topic, Future<RecordMetadata> result) {}

    private final String name;
    private final RecordFormat format;
    private final TopicNames names;
    private final Map<String, Object> properties;
    private final Topics topics;
    private KafkaProducer<byte[], byte[]> producer;
    private boolean closed;

    KafkaWriter(TargetConfig.Kafka config) {
        this(config, UnfitRule.of(config));
    }

    private KafkaWriter(TargetConfig.Kafka config, UnfitRule unfit) {
        this.name = config.name();
        this.format = RecordFormat.of(config, unfit);
        this.names = new TopicNames(config.topics(), config.topic());
        this.properties = producerProperties(config);
        this.topics = new Topics(adminProperties(config));
    }

    /** Returns what opens a writer of this target. */
    public static TargetWriters of(TargetConfig.Kafka config) {
        return new Writers(config);
    }

    /** Returns the producer's settings; the target's own win, but for what the promises rest on. */
    static Map<String, Object> producerProperties(TargetConfig.Kafka config) {
        var all = new HashMap<String, Object>();
        all.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        all.put(ProducerConfig.LINGER_MS_CONFIG, 1);
        all.put(ProducerConfig.BATCH_SIZE_CONFIG, 128 * 1024);
        all.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 64L << 20);
        // The broker's limit decides, not the client's.
        all.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 32 << 20);
        all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000L);
        all.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 15_000);
        all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 60_000);
        all.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000L);
        all.putAll(config.properties());
        all.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, config.brokers());
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        all.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        all.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        return all;
    }

    static Map<String, Object> adminProperties(TargetConfig.Kafka config) {
        var all = new HashMap<String, Object>(config.properties());
        all.keySet().retainAll(AdminClientConfig.configNames());
        all.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, config.brokers());
        // As long as a send may wait for a topic's leader.
        int wait = Integer.parseInt(String.valueOf(producerProperties(config).get(ProducerConfig.MAX_BLOCK_MS_CONFIG)));
        all.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.min(5_000, wait));
        all.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, wait);
        return all;
    }

    @Override
    public void write(List<ChangeEvent> batch) throws InterruptedException {
        if (batch.isEmpty()) {
            return;
        }
        var current = producer();
        try {
            write(batch, current);
        } catch (GravityException e) {
            if (KafkaErrors.endsProducer(e.getCause())) {
                retire(current);
            }
            throw e;
        }
    }

    /** Delivers the whole batch through a producer of the caller's, or throws and may have sent any part of it. */
    void write(List<ChangeEvent> batch, KafkaProducer<byte[], byte[]> through) throws InterruptedException {
        var sent = new ArrayList<Sent>(batch.size() + 8);
        try {
            GravityException first = null;
            try {
                sendAll(through, batch, sent);
            } catch (GravityException e) {
                first = e;
            }
            var late = awaitAll(sent);
            if (first != null || late != null) {
                throw late != null ? late : first;
            }
        } catch (InterruptException e) {
            var interrupted = new InterruptedException("interrupted while sending to " + name);
            interrupted.initCause(e);
            throw interrupted;
        } catch (GravityException e) {
            if (e.code().category() == ErrorCode.Category.TARGET_RETRYABLE) {
                topics.forget();
            }
            throw e;
        }
    }

    @Override
    public void check() throws InterruptedException {
        try {
            topics.check();
        } catch (ExecutionException e) {
            throw KafkaErrors.triaged(e.getCause(), name, "asking the brokers whether they are there", null);
        } catch (RuntimeException e) {
            throw KafkaErrors.triaged(e, name, "asking the brokers whether they are there", null);
        }
    }

    /** Sends until one fails at once, which spares the rest the wait for the same failure. */
    private void sendAll(KafkaProducer<byte[], byte[]> current, List<ChangeEvent> batch, List<Sent> sent)
            throws InterruptedException {
        var encoder = new RecordEncoder(format);
        for (var event : batch) {
            var topic = topic(event);
            try {
                topics.ensure(topic);
                var key = encoder.key(event);
                var record = encoded(encoder, topic, key, event);
                sent.add(new Sent(event, topic, current.send(record)));
                if (event.isDelete() && format.hasTombstones()) {
                    sent.add(new Sent(event, topic, current.send(new ProducerRecord<>(topic, key, null))));
                }
            } catch (InterruptException | GravityException e) {
                throw e;
            } catch (ClassCastException | ArithmeticException e) {
                throw new GravityException(
                        ErrorCode.TARGET_REFUSED_ROW,
                        "target " + name + ": " + event.target() + " (key " + TargetErrors.key(event)
                                + ") holds a value that its column's type does not allow: " + e.getMessage()
                                + ". Check the rule or extension that set it.",
                        e);
            } catch (UnfitTableException e) {
                throw new GravityException(ErrorCode.TARGET_MISCONFIGURED, "target " + name + ": " + e.getMessage(), e);
            } catch (ExecutionException e) {
                throw KafkaErrors.triaged(e.getCause(), name, "find or create topic " + topic, event);
            } catch (RuntimeException e) {
                throw KafkaErrors.triaged(e, name, "send " + event.target() + " to topic " + topic, event);
            }
            if (failedAtOnce(sent.get(sent.size() - 1))) {
                return;
            }
        }
    }

    private ProducerRecord<byte[], byte[]> encoded(RecordEncoder encoder, String topic, byte[] key, ChangeEvent event) {
        try {
            return encoder.record(topic, key, event);
        } catch (UnfitValueException e) {
            throw new GravityException(
                    e.code(),
                    "target " + name + ": " + event.target() + " (key " + TargetErrors.key(event) + ") "
                            + e.getMessage()
                            + ". Mend the value by a rule, choose another one by unfit-values, or another format.",
                    e);
        }
    }

    private static boolean failedAtOnce(Sent last) throws InterruptedException {
        if (!last.result().isDone()) {
            return false;
        }
        try {
            last.result().get();
            return false;
        } catch (ExecutionException e) {
            return true;
        }
    }

    /** Waits for all, also after a failure, so that nothing of this batch is under way when it is sent again. */
    private GravityException awaitAll(List<Sent> sent) throws InterruptedException {
        GravityException first = null;
        for (var one : sent) {
            try {
                one.result().get();
            } catch (ExecutionException e) {
                if (first == null) {
                    first = KafkaErrors.triaged(
                            e.getCause(),
                            name,
                            "send " + one.event().target() + " to topic " + one.topic(),
                            one.event());
                }
            }
        }
        return first;
    }

    private String topic(ChangeEvent event) {
        try {
            return names.of(event.source(), event.target());
        } catch (IllegalArgumentException e) {
            throw new GravityException(
                    ErrorCode.TARGET_MISCONFIGURED,
                    "target " + name + ": " + e.getMessage() + ". Change the target's topic.",
                    e);
        }
    }

    private synchronized KafkaProducer<byte[], byte[]> producer() {
        if (closed) {
            throw new GravityException(ErrorCode.TARGET_BUSY, "target " + name + ": the writer is closed");
        }
        if (producer == null) {
            try {
                producer = new KafkaProducer<>(properties);
            } catch (RuntimeException e) {
                throw KafkaErrors.triaged(e, name, "create the producer", null);
            }
        }
        return producer;
    }

    private synchronized void retire(KafkaProducer<byte[], byte[]> broken) {
        if (producer == broken) {
            producer = null;
        }
        broken.close(Duration.ZERO);
    }

    /** Gives records under way a few seconds, then drops them; their calls fail. */
    @Override
    public void close() {
        KafkaProducer<byte[], byte[]> last;
        synchronized (this) {
            closed = true;
            last = producer;
            producer = null;
        }
        if (last != null) {
            last.close(CLOSE);
        }
    }
}
