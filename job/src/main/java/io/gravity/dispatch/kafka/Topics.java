package io.gravity.dispatch.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
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
            if (!exists(admin, topic)) {
                create(admin, topic);
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

    private static boolean exists(Admin admin, String topic) throws ExecutionException, InterruptedException {
        try {
            admin.describeTopics(List.of(topic)).allTopicNames().get();
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            throw e;
        }
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
