// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The broker of a test JVM. One node: replication factors are 1, and topics are not created on their own. */
public sealed interface KafkaBroker permits ContainerBroker, ProcessBroker {
    /** {@code host:port}, as clients on this machine reach it. */
    String bootstrapServers();

    /** Whether the broker runs in a container or a process. */
    BrokerKind kind();

    /**
     * Makes topics, and returns when the broker lists them, which is a moment after the controller has told that they are made.
     *
     * @throws IllegalStateException where that takes over 30 seconds or the broker refuses
     */
    default void createTopics(NewTopic... topics) {
        Set<String> names = Stream.of(topics).map(NewTopic::name).collect(Collectors.toSet());
        try (Admin admin = admin()) {
            await(admin.createTopics(List.of(topics)).all());
            awaitTopics(
                    admin,
                    System.nanoTime() + TimeUnit.SECONDS.toNanos(30),
                    "lists what is made",
                    listed -> listed.containsAll(names));
        }
    }

    /**
     * Deletes every topic, internal ones aside, with the offsets committed for it, and returns when they are gone.
     *
     * @throws IllegalStateException where that takes over 30 seconds or the broker refuses
     */
    default void deleteTopics() {
        try (Admin admin = admin()) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            // The controller tells that a topic is made before the broker lists it. The broker follows the controller
            // in order, so it lists every topic of before this call once it lists a topic made in this call.
            String last = "last-" + UUID.randomUUID();
            await(admin.createTopics(List.of(new NewTopic(last, 1, (short) 1))).all());
            Set<String> topics = awaitTopics(admin, end, "lists what is made", listed -> listed.contains(last));
            for (String topic : topics) {
                try {
                    await(admin.deleteTopics(Set.of(topic)).all());
                } catch (IllegalStateException e) {
                    // The topic may have been deleted by somebody else in the meantime.
                    if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                        throw e;
                    }
                }
            }
            awaitTopics(admin, end, "lists no topic after their deletion", Set::isEmpty);
        }
    }

    private Admin admin() {
        return Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers(),
                AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG,
                false));
    }

    private static Set<String> awaitTopics(
            Admin admin, long end, String what, Predicate<? super Set<String>> condition) {
        while (true) {
            Set<String> topics = await(admin.listTopics().names());
            if (condition.test(topics)) {
                return topics;
            }
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("within 30 s there was no time at which the broker " + what
                        + ": it lists " + new TreeSet<>(topics));
            }
            Thread.onSpinWait();
        }
    }

    private static <T> T await(KafkaFuture<T> future) {
        try {
            return future.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("the broker did not answer within 30 s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
