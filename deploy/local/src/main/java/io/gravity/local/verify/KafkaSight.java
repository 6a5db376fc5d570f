package io.gravity.local.verify;

import io.gravity.local.load.Workload;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** Reads a topic from its end on, and picks out probe rows. */
final class KafkaSight implements Sight {
    private static final Duration POLL = Duration.ofMillis(20);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String topic;
    private final String mark;
    private boolean assigned;

    KafkaSight(String brokers, String topic, String mark) {
        this.consumer = KafkaTarget.consumer(brokers);
        this.topic = topic;
        this.mark = mark;
        assigned = assign(false);
    }

    @Override
    public void look(Set<Long> rows, Seen seen) throws IOException {
        assigned = assigned || assign(true);
        if (assigned) {
            for (var message : consumer.poll(POLL)) {
                accept(message, seen);
            }
        }
    }

    @Override
    public void close() {
        consumer.close(Duration.ofSeconds(2));
    }

    /** A topic that comes later is read from its first record. */
    private boolean assign(boolean late) {
        var partitions = KafkaTarget.partitions(consumer, topic);
        consumer.assign(partitions);
        if (late) {
            consumer.seekToBeginning(partitions);
        } else {
            consumer.seekToEnd(partitions);
        }
        partitions.forEach(consumer::position);
        return !partitions.isEmpty();
    }

    private void accept(ConsumerRecord<byte[], byte[]> message, Seen seen) throws IOException {
        if (message.value() == null) {
            return;
        }
        long row = ProbeTable.number(JsonText.object(message.key()).get("id"));
        if (row >= Workload.RESERVED_KEYS) {
            Map<String, String> after = TopicRows.after(message.value());
            seen.accept(row, after == null ? -1 : ProbeTable.number(after.get(mark)));
        }
    }
}
