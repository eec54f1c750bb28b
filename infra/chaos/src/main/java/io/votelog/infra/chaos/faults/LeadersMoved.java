// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import io.votelog.infra.chaos.system.ChaosException;
import io.votelog.infra.chaos.system.Pauses;
import io.votelog.infra.chaos.system.Scene;
import io.votelog.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;

/** Partitions of the log, of what is made of it and of Kafka's own topics are led by other brokers, by an operator's order. */
record LeadersMoved(String name) implements Fault {
    private static final List<String> TOPICS = List.of(
            Topics.VOTES.name(),
            Topics.DECISIONS.name(),
            Topics.TALLIES.name(),
            Topics.RESULTS.name(),
            "__transaction_state",
            "__consumer_offsets");

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Override
    public String what() {
        return "other brokers are made leaders";
    }

    @Override
    public Blow strike(Scene scene, Random random) {
        try {
            int moved = move(scene.admin(), random);
            return new Blow(moved + " leaders", Duration.ZERO, () -> {}, Blow.Since.STRIKE, Blow::votesCount);
        } catch (ExecutionException e) {
            throw new IllegalStateException("leaders are not moved: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChaosException("interrupted");
        }
    }

    /** The first replica is the one that is to lead: another one is put there, then the election is held. */
    private static int move(Admin admin, Random random) throws ExecutionException, InterruptedException {
        Map<String, TopicDescription> topics =
                admin.describeTopics(TOPICS).allTopicNames().get();
        Map<TopicPartition, Optional<NewPartitionReassignment>> orders = new HashMap<>();
        for (String topic : TOPICS) {
            TopicDescription description = topics.get(topic);
            if (description == null) {
                continue;
            }
            description.partitions().forEach(partition -> {
                List<Integer> replicas = new ArrayList<>(
                        partition.replicas().stream().map(Node::id).toList());
                Collections.rotate(replicas, 1 + random.nextInt(2));
                if (random.nextInt(3) > 0) {
                    orders.put(
                            new TopicPartition(topic, partition.partition()),
                            Optional.of(new NewPartitionReassignment(replicas)));
                }
            });
        }
        admin.alterPartitionReassignments(orders).all().get();
        Pauses.until(LIMIT, () -> isSettled(admin));
        admin.electLeaders(ElectionType.PREFERRED, orders.keySet()).partitions().get();
        return orders.size();
    }

    private static boolean isSettled(Admin admin) {
        try {
            return admin.listPartitionReassignments().reassignments().get().isEmpty();
        } catch (ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChaosException("interrupted");
        }
    }
}
