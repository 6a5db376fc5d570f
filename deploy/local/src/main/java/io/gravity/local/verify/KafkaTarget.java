package io.gravity.local.verify;

import io.gravity.event.TableId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads a Kafka target: all records of a table's topic from the first on, folded by key. Keeps what it folded, and
 * reads only what is new the next time.
 */
final class KafkaTarget implements TargetReader {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int LIMIT_MILLIS = 20_000;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String template;
    private final Map<String, TopicRows> topics = new HashMap<>();
    private final Map<TopicPartition, Long> positions = new HashMap<>();

    /** @param template of a topic's name, with {@code ${source}}, {@code ${database}}, {@code ${table}} */
    KafkaTarget(String brokers, String template) {
        this.consumer = consumer(brokers);
        this.template = template;
    }

    static KafkaConsumer<byte[], byte[]> consumer(String brokers) {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        brokers,
                        ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                        false,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        LIMIT_MILLIS,
                        ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                        50,
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        5_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    static String topic(String template, String source, TableId table) {
        return template.replace("${source}", source)
                .replace("${database}", table.database())
                .replace("${table}", table.name());
    }

    /** The topic's partitions; none if it is not there. */
    static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        // Asked for all topics: asking for one that is absent takes the whole time limit.
        return consumer.listTopics().getOrDefault(topic, List.of()).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
    }

    @Override
    public synchronized Map<String, String> rows(String source, CheckedTable table) {
        return new HashMap<>(read(source, table).rows());
    }

    @Override
    public synchronized long count(String source, CheckedTable table) {
        return read(source, table).rows().size();
    }

    @Override
    public synchronized String signature(String source, CheckedTable table) {
        String topic = topic(template, source, table.id());
        return new TreeMap<>(Map.of(
                        topic,
                        consumer.endOffsets(partitions(consumer, topic)).values().stream()
                                .mapToLong(Long::longValue)
                                .sum()))
                .toString();
    }

    private TopicRows read(String source, CheckedTable table) {
        String topic = topic(template, source, table.id());
        var folded = topics.computeIfAbsent(topic, name -> new TopicRows(table));
        var partitions = partitions(consumer, topic);
        var ends = consumer.endOffsets(partitions);
        consumer.assign(partitions);
        partitions.forEach(partition -> consumer.seek(partition, positions.getOrDefault(partition, 0L)));
        long deadline = System.nanoTime() + Duration.ofMillis(LIMIT_MILLIS).toNanos();
        while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
            var batch = consumer.poll(POLL);
            batch.forEach(folded::accept);
            for (var partition : partitions) {
                positions.put(partition, consumer.position(partition));
            }
            if (!batch.isEmpty()) {
                deadline = System.nanoTime() + Duration.ofMillis(LIMIT_MILLIS).toNanos();
            } else if (System.nanoTime() > deadline) {
                throw new IllegalStateException("topic " + topic + " gives no records up to its end offsets " + ends);
            }
        }
        return folded;
    }

    @Override
    public synchronized void close() {
        consumer.close(Duration.ofSeconds(2));
    }
}
