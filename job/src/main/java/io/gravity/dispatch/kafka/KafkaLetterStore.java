package io.gravity.dispatch.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gravity.audit.Letter;
import io.gravity.audit.LetterFilter;
import io.gravity.config.Value;
import io.gravity.dispatch.LetterStore;
import io.gravity.dispatch.TargetConfig;
import io.gravity.error.ErrorCode;
import io.gravity.error.GravityException;
import io.gravity.event.TableId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Dead letters in Kafka: the last record of each id in its topics. To delete one is to write a record without value, as
 * compaction understands it. A letter that the job has written again in the meantime is put behind that record once more.
 */
public final class KafkaLetterStore implements LetterStore {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final Duration POLL = Duration.ofMillis(200);

    private final String name;
    private final Set<String> topics;
    private final Function<JsonNode, JsonNode> columns;
    private final Map<String, Object> producing;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final ObjectMapper json = new ObjectMapper();

    /** A letter, and the record that it stands in. */
    private record Found(Letter letter, ConsumerRecord<byte[], byte[]> at) {}

    /**
     * Creates the store without reaching the brokers.
     *
     * @param letters {@code database.table} as configured
     * @param sources names of all sources, as topics may be called after them
     * @throws IllegalStateException if the target's format can't be read back
     */
    public KafkaLetterStore(TargetConfig.Kafka config, TableId letters, List<String> sources) {
        this.name = config.name();
        this.columns = columns(config);
        var names = new TopicNames(config.topics(), config.topic());
        this.topics = sources.stream().map(source -> names.of(source, letters)).collect(Collectors.toSet());
        this.producing = KafkaWriter.producerProperties(config);
        this.consumer = new KafkaConsumer<>(consumerProperties(config));
    }

    private static Map<String, Object> consumerProperties(TargetConfig.Kafka config) {
        var all = new HashMap<String, Object>();
        all.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        all.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        all.putAll(config.properties());
        all.keySet().retainAll(ConsumerConfig.configNames());
        all.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, config.brokers());
        all.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        all.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return all;
    }

    /** Returns where the columns of a row are in a record's value. */
    private static Function<JsonNode, JsonNode> columns(TargetConfig.Kafka config) {
        return switch (config.format()) {
            case GRAVITY_JSON, DEBEZIUM_JSON -> value -> value.path("after");
            case CANAL_JSON -> value -> value.path("data").path(0);
            case MAXWELL_JSON -> value -> value.path("data");
            case EVENT_JSON, AVRO ->
                throw new IllegalStateException("dead letters go to the target " + config.name() + " in the format "
                        + Value.nameOf(config.format())
                        + ", expected gravity-json, debezium-json, canal-json or maxwell-json: this command can't read"
                        + " back others");
        };
    }

    @Override
    public List<Letter> find(LetterFilter filter, int limit) throws InterruptedException {
        var letters = doing("read dead letters", () -> newest(letter -> true, Letter::brief));
        return filter.choose(letters.values().stream().map(Found::letter).toList(), limit);
    }

    @Override
    public List<Letter> read(List<String> ids) throws InterruptedException {
        var letters = doing("read dead letters", () -> newest(letter -> ids.contains(letter.id()), letter -> letter));
        return letters.values().stream()
                .map(Found::letter)
                .sorted(Letter.OLDEST_FIRST)
                .toList();
    }

    /** Reads the topics from their beginnings. */
    private Map<String, Found> newest(Predicate<Letter> wanted, Function<Letter, Letter> kept)
            throws InterruptedException, ExecutionException {
        var partitions = new ArrayList<TopicPartition>();
        for (var topic : topics) {
            // None before the first letter.
            Optional.ofNullable(consumer.partitionsFor(topic)).stream()
                    .flatMap(List::stream)
                    .forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        var newest = new LinkedHashMap<String, Found>();
        readOn(record -> {
            var id = id(record);
            var letter = letter(record).filter(wanted);
            if (record.value() == null) {
                newest.remove(id);
            }
            letter.ifPresent(one -> newest.put(
                    one.id(),
                    new Found(
                            kept.apply(one),
                            // Only the place, as a value may be large.
                            new ConsumerRecord<>(
                                    record.topic(), record.partition(), record.offset(), record.key(), null))));
        });
        return newest;
    }

    /** What is done with a record. */
    private interface Reader {
        void read(ConsumerRecord<byte[], byte[]> record) throws InterruptedException, ExecutionException;
    }

    /** Reads from where it is to what is the end now. */
    private void readOn(Reader reader) throws InterruptedException, ExecutionException {
        var ends = consumer.endOffsets(consumer.assignment());
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            for (var record : consumer.poll(POLL)) {
                reader.read(record);
            }
        }
    }

    /** Returns the id that a record is of; {@code null} if its key is not that of a letter. */
    private String id(ConsumerRecord<byte[], byte[]> record) {
        try {
            return record.key() == null
                    ? null
                    : json.readTree(record.key()).path("id").asText(null);
        } catch (IOException e) {
            return null;
        }
    }

    /** Returns the letter in a record; rows of other tables may be in the same topic. */
    private Optional<Letter> letter(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return Optional.empty();
        }
        try {
            return Letter.of(columns.apply(json.readTree(record.value())));
        } catch (IOException e) {
            if (Letter.isId(id(record))) {
                throw new GravityException(
                        ErrorCode.TARGET_MISCONFIGURED,
                        "target " + name + ": the letter at offset " + record.offset() + " of " + record.topic() + "-"
                                + record.partition() + " is not in the target's format. Name the format in which it was"
                                + " written, in a copy of the configuration.",
                        e);
            }
            return Optional.empty();
        }
    }

    @Override
    public int delete(List<Letter> letters) throws InterruptedException {
        var times = new HashMap<String, String>();
        letters.forEach(letter -> times.put(letter.id(), letter.writtenAt()));
        return doing("delete dead letters", () -> delete(times));
    }

    private int delete(Map<String, String> times) throws InterruptedException, ExecutionException {
        var there = newest(letter -> times.containsKey(letter.id()), Letter::brief);
        there.values().removeIf(found -> !found.letter()
                .writtenAt()
                .equals(times.get(found.letter().id())));
        var deletions = new HashMap<String, Long>();
        try (var producer = new KafkaProducer<byte[], byte[]>(producing)) {
            for (var found : there.entrySet()) {
                var at = found.getValue().at();
                var sent = producer.send(new ProducerRecord<>(at.topic(), at.partition(), at.key(), null));
                deletions.put(found.getKey(), sent.get().offset());
            }
            // Written between the look at what is there and its deletion, which hides it now.
            var hidden = new HashMap<String, ProducerRecord<byte[], byte[]>>();
            readOn(record -> {
                var id = id(record);
                if (record.value() != null && record.offset() < deletions.getOrDefault(id, 0L)) {
                    hidden.put(
                            id, new ProducerRecord<>(record.topic(), record.partition(), record.key(), record.value()));
                }
            });
            for (var letter : hidden.values()) {
                producer.send(letter).get();
            }
            return deletions.size() - hidden.size();
        }
    }

    /** What is done with the topics. */
    private interface Work<T> {
        T run() throws InterruptedException, ExecutionException;
    }

    private <T> T doing(String doing, Work<T> work) throws InterruptedException {
        try {
            return work.run();
        } catch (GravityException e) {
            throw e;
        } catch (ExecutionException e) {
            throw KafkaErrors.triaged(e.getCause(), name, doing + " in " + String.join(", ", topics), null);
        } catch (KafkaException e) {
            throw KafkaErrors.triaged(e, name, doing + " in " + String.join(", ", topics), null);
        }
    }

    @Override
    public void close() {
        consumer.close(POLL);
    }
}
