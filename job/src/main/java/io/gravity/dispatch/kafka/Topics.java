package io.gravity.dispatch.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Sees to it that topics exist: those missing are created with the brokers' default partitions and replicas, since many
 * brokers don't create a topic by themselves. Asks once per topic. Thread-safe.
 */
final class Topics {
    private static final Duration CLOSE = Duration.ofSeconds(1);

    private final Map<String, Object> properties;
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    Topics(Map<String, Object> properties) {
        this.properties = properties;
    }

    /**
     * Creates the topic if it is missing.
     *
     * @throws ExecutionException if the brokers refuse or can't be asked; its cause says why
     */
    void ensure(String topic) throws ExecutionException, InterruptedException {
        if (known.contains(topic)) {
            return;
        }
        var admin = Admin.create(properties);
        try {
            if (partitions(admin, topic) == 0) {
                create(admin, topic);
                awaitLeaders(admin, topic);
            }
        } finally {
            admin.close(CLOSE);
        }
        known.add(topic);
    }

    /** Asks the brokers for nothing but an answer. */
    void check() throws ExecutionException, InterruptedException {
        var admin = Admin.create(properties);
        try {
            admin.describeCluster().nodes().get();
        } finally {
            admin.close(CLOSE);
        }
    }

    /** Asks again at the next use: somebody may have deleted a topic. */
    void forget() {
        known.clear();
    }

    /** Returns how many there are; 0 if the topic is missing. */
    private static int partitions(Admin admin, String topic) throws ExecutionException, InterruptedException {
        try {
            return admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .get(topic)
                    .partitions()
                    .size();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return 0;
            }
            throw e;
        }
    }

    /**
     * Waits until the brokers have settled who leads the new topic. One that learns it between two requests of a producer
     * refuses the first and takes the second, and then the first is out of order until its time is up.
     */
    private static void awaitLeaders(Admin admin, String topic) throws ExecutionException, InterruptedException {
        var latest = new HashMap<TopicPartition, OffsetSpec>();
        // Not all brokers may have heard of the topic: then at least the first.
        int partitions = Math.max(1, partitions(admin, topic));
        for (int i = 0; i < partitions; i++) {
            latest.put(new TopicPartition(topic, i), OffsetSpec.latest());
        }
        // Only a leader answers that, and it is asked until it does.
        admin.listOffsets(latest).all().get();
    }

    private static void create(Admin admin, String topic) throws ExecutionException, InterruptedException {
        try {
            var wanted = new NewTopic(topic, Optional.empty(), Optional.empty());
            admin.createTopics(List.of(wanted)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }
}
