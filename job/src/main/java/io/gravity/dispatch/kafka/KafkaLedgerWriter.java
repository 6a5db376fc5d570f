package io.gravity.dispatch.kafka;

import static java.util.stream.Collectors.toMap;

import io.gravity.dispatch.Lanes;
import io.gravity.dispatch.TargetConfig;
import io.gravity.dispatch.strong.LaneBatch;
import io.gravity.dispatch.strong.LedgerWriter;
import io.gravity.dispatch.strong.LedgerWriters;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes batches to one Kafka cluster, each with its entries in the ledger as one transaction.
 *
 * <p>The ledger is what Kafka has for the purpose: offsets that a consumer group commits within the producer's
 * transaction. The group is the ledger, a lane a partition of the topic {@value #TOPIC}, which stays empty and is created
 * unless it exists. The brokers forget offsets {@code offsets.retention.minutes} (7 days) after they were committed: a
 * job that was down for longer may repeat its last batches.
 *
 * <p>A new producer of the same seat fences the one before it, and the ledger is only read after that; so nothing is
 * committed between reading and writing. Readers need {@code isolation.level=read_committed}.
 */
public final class KafkaLedgerWriter implements LedgerWriter {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaLedgerWriter.class);
    static final String TOPIC = "gravity-ledger";
    private static final Duration CLOSE = Duration.ofSeconds(4);

    private final String name;
    private final KafkaWriter writer;
    private final Map<String, Object> producerProperties;
    private final Map<String, Object> adminProperties;
    private final LedgerWriters.Seat seat;
    private final String group;
    private KafkaProducer<byte[], byte[]> producer;
    private boolean isTopicThere;
    private boolean areFormersFenced;

    private KafkaLedgerWriter(TargetConfig.Kafka config, LedgerWriters.Seat seat) {
        this.name = config.name();
        this.writer = new KafkaWriter(config);
        this.seat = seat;
        this.group = "gravity-" + seat.ledger();
        this.producerProperties = KafkaWriter.producerProperties(config);
        this.producerProperties.put(
                ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId(seat.subtask(), seat.parallelism()));
        this.adminProperties = KafkaWriter.adminProperties(config);
        this.areFormersFenced = seat.formerParallelism() == 0 || seat.formerParallelism() == seat.parallelism();
    }

    /** Returns what opens a writer of this target. */
    public static LedgerWriters of(TargetConfig.Kafka config) {
        return seat -> new KafkaLedgerWriter(config, seat);
    }

    private String transactionalId(int subtask, int parallelism) {
        return group + "-" + subtask + "-of-" + parallelism;
    }

    /** Something that is asked of Kafka. */
    @FunctionalInterface
    private interface Call<T> {
        T call() throws ExecutionException, InterruptedException;
    }

    private <T> T call(String doing, Call<T> call) throws InterruptedException {
        try {
            return call.call();
        } catch (InterruptException e) {
            var interrupted = new InterruptedException("interrupted while asking " + name + " to " + doing);
            interrupted.initCause(e);
            throw interrupted;
        } catch (ExecutionException e) {
            throw KafkaErrors.triaged(e.getCause(), name, doing, null);
        } catch (GravityException e) {
            throw e;
        } catch (RuntimeException e) {
            throw KafkaErrors.triaged(e, name, doing, null);
        }
    }

    @Override
    public Map<Integer, Long> positions(Collection<Integer> lanes) throws InterruptedException {
        drop();
        return call("begin as " + transactionalId(seat.subtask(), seat.parallelism()), () -> {
            var admin = Admin.create(adminProperties);
            try {
                prepare(admin);
                var fresh = new KafkaProducer<byte[], byte[]>(producerProperties);
                take(fresh);
                fresh.initTransactions();
                return read(admin, lanes);
            } finally {
                admin.close(Duration.ofSeconds(1));
            }
        });
    }

    private void prepare(Admin admin) throws ExecutionException, InterruptedException {
        if (!isTopicThere) {
            checkTimeout(admin);
            ensureTopic(admin);
            isTopicThere = true;
        }
        if (!areFormersFenced) {
            var formers = IntStream.range(0, seat.formerParallelism())
                    .mapToObj(subtask -> transactionalId(subtask, seat.formerParallelism()))
                    .toList();
            admin.fenceProducers(formers).all().get();
            areFormersFenced = true;
        }
    }

    /** The producer's own error says no more than that something was unexpected. */
    private void checkTimeout(Admin admin) throws ExecutionException, InterruptedException {
        int wanted = Integer.parseInt(
                String.valueOf(producerProperties.getOrDefault(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, "60000")));
        var broker = admin.describeCluster().nodes().get().iterator().next();
        var resource = new ConfigResource(ConfigResource.Type.BROKER, broker.idString());
        try {
            var most = admin.describeConfigs(List.of(resource))
                    .all()
                    .get()
                    .get(resource)
                    .get("transaction.max.timeout.ms");
            if (most != null && wanted > Integer.parseInt(most.value())) {
                throw new GravityException(
                        ErrorCode.TARGET_MISCONFIGURED,
                        "target " + name + ": transaction.timeout.ms is " + wanted + ", the brokers allow "
                                + most.value() + " (transaction.max.timeout.ms). Lower it in the target's properties.");
            }
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof AuthorizationException)) {
                throw e;
            }
            LOG.debug("target {}: the brokers don't tell their settings", name, e);
        }
    }

    private void ensureTopic(Admin admin) throws ExecutionException, InterruptedException {
        int partitions;
        try {
            partitions = admin.describeTopics(List.of(TOPIC))
                    .allTopicNames()
                    .get()
                    .get(TOPIC)
                    .partitions()
                    .size();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw e;
            }
            partitions = Lanes.COUNT;
            create(admin);
        }
        if (partitions < Lanes.COUNT) {
            throw new GravityException(
                    ErrorCode.TARGET_MISCONFIGURED,
                    "target " + name + ": topic " + TOPIC + " has " + partitions + " partitions, expected "
                            + Lanes.COUNT + ". Add partitions (kafka-topics.sh --alter), or delete it.");
        }
    }

    private static void create(Admin admin) throws ExecutionException, InterruptedException {
        try {
            admin.createTopics(List.of(new NewTopic(TOPIC, Optional.of(Lanes.COUNT), Optional.empty())))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    private Map<Integer, Long> read(Admin admin, Collection<Integer> lanes)
            throws ExecutionException, InterruptedException {
        var partitions = lanes.stream().map(KafkaLedgerWriter::partition).toList();
        // Waits for what a transaction under way would change.
        var options = new ListConsumerGroupOffsetsOptions().requireStable(true);
        var found = admin.listConsumerGroupOffsets(
                        Map.of(group, new ListConsumerGroupOffsetsSpec().topicPartitions(partitions)), options)
                .partitionsToOffsetAndMetadata(group)
                .get();
        var positions = new HashMap<Integer, Long>();
        found.forEach((partition, offset) -> {
            if (offset != null) {
                positions.put(partition.partition(), offset.offset());
            }
        });
        return positions;
    }

    private static TopicPartition partition(int lane) {
        return new TopicPartition(TOPIC, lane);
    }

    @Override
    public void commit(List<LaneBatch> batch) throws InterruptedException {
        var current = current();
        try {
            call("begin a transaction", () -> {
                current.beginTransaction();
                return null;
            });
            writer.write(LaneBatch.changes(batch), current);
            call("commit", () -> {
                current.sendOffsetsToTransaction(
                        batch.stream()
                                .collect(toMap(one -> partition(one.lane()), one -> new OffsetAndMetadata(one.to()))),
                        new ConsumerGroupMetadata(group));
                current.commitTransaction();
                return null;
            });
        } catch (GravityException e) {
            if (e.code().category() == ErrorCode.Category.DATA) {
                abort(current, e);
            } else {
                drop();
            }
            throw e;
        }
    }

    private void abort(KafkaProducer<byte[], byte[]> current, GravityException error) throws InterruptedException {
        try {
            call("abort a transaction", () -> {
                current.abortTransaction();
                return null;
            });
        } catch (GravityException e) {
            drop();
            e.addSuppressed(error);
            throw e;
        }
    }

    private synchronized KafkaProducer<byte[], byte[]> current() {
        if (producer == null) {
            throw new GravityException(ErrorCode.TARGET_BUSY, "target " + name + ": the writer is closed");
        }
        return producer;
    }

    private synchronized void take(KafkaProducer<byte[], byte[]> fresh) {
        producer = fresh;
    }

    private void drop() {
        close(Duration.ZERO);
    }

    private void close(Duration patience) {
        KafkaProducer<byte[], byte[]> last;
        synchronized (this) {
            last = producer;
            producer = null;
        }
        if (last != null) {
            last.close(patience);
        }
    }

    @Override
    public void close() {
        close(CLOSE);
        writer.close();
    }
}
