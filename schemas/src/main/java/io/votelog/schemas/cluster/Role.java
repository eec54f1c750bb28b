// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.cluster;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;

/**
 * A part of Votelog as a user of the Kafka cluster, and the least that it must be allowed to. None may delete anything, change a setting,
 * or make a topic of the log: whoever deploys the system makes those. All parts see how the log's topics are made, since each refuses a
 * cluster that could lose or change records.
 */
public enum Role {
    /** Appends votes and ballots, and follows the ballots. It cannot read a vote. */
    GATEWAY(Set.of(Topics.BALLOTS), Set.of(Topics.VOTES, Topics.BALLOTS)),
    /** Reads votes and ballots, and is the only one that writes verdicts, tallies, turnout, results and dead letters. */
    STREAMS(
            Set.of(Topics.VOTES, Topics.BALLOTS, Topics.TALLIES, Topics.TURNOUT, Topics.RESULTS),
            Set.of(Topics.DECISIONS, Topics.TALLIES, Topics.TURNOUT, Topics.RESULTS, Topics.DEAD_LETTERS)),
    /** Reads what it seals, and the ballots, of which it makes the announcement that it serves; it is the only one that writes seals. */
    SEALER(
            Set.of(Topics.VOTES, Topics.BALLOTS, Topics.DECISIONS, Topics.RESULTS, Topics.DEAD_LETTERS, Topics.SEALS),
            Set.of(Topics.SEALS)),
    /** Reads everything, and writes nothing. */
    AUDITOR(Set.copyOf(Topics.all()), Set.of());

    /** The transactional id of the sealer: of two sealers, brokers accept the newer one alone. */
    public static final String SEALER_TRANSACTIONAL_ID = "votelog-sealer";

    /** The consumer group in which one of several sealers is chosen to seal. */
    public static final String SEALERS_GROUP = "votelog-sealer";

    private final Set<Topic> reads;
    private final Set<Topic> writes;

    Role(Set<Topic> reads, Set<Topic> writes) {
        this.reads = reads;
        this.writes = writes;
    }

    /** What it is called as a user, where nobody calls it otherwise. */
    public String userName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The topics of the log that it reads. */
    public Set<Topic> reads() {
        return reads;
    }

    /** The topics of the log that it writes. */
    public Set<Topic> writes() {
        return writes;
    }

    /**
     * All that it must be allowed to.
     *
     * @param applicationId of the streams-apps ({@code votelog.streams.application-id}): the names of their consumer groups,
     *     changelogs and transactions begin with it
     */
    public List<Right> rights(String applicationId) {
        List<Right> rights = new ArrayList<>();
        for (Topic topic : Topics.all()) {
            Set<AclOperation> operations = EnumSet.of(DESCRIBE, DESCRIBE_CONFIGS);
            if (reads.contains(topic)) {
                operations.add(READ);
            }
            if (writes.contains(topic)) {
                operations.add(WRITE);
            }
            rights.add(Right.topic(topic.name(), operations));
        }
        if (this == GATEWAY || this == STREAMS) {
            // How many replicas Kafka's own topics have, and whether the brokers' clocks agree, is checked by the apps.
            ClusterRules.KAFKAS_OWN.stream().sorted().forEach(name -> rights.add(Right.topic(name, Set.of(DESCRIBE))));
            rights.add(Right.topic(BrokerClocks.TOPIC, Set.of(DESCRIBE, WRITE)));
        }
        switch (this) {
            case GATEWAY -> {}
            case STREAMS -> {
                rights.add(Right.prefixed(
                        ResourceType.TOPIC,
                        applicationId + "-",
                        Set.of(CREATE, DESCRIBE, DESCRIBE_CONFIGS, READ, WRITE)));
                rights.add(Right.prefixed(ResourceType.GROUP, applicationId, Set.of(READ, DESCRIBE)));
                rights.add(Right.prefixed(ResourceType.TRANSACTIONAL_ID, applicationId, Set.of(WRITE, DESCRIBE)));
            }
            case SEALER -> {
                rights.add(Right.prefixed(ResourceType.GROUP, applicationId, Set.of(DESCRIBE)));
                rights.add(new Right(ResourceType.GROUP, SEALERS_GROUP, false, Set.of(READ, DESCRIBE)));
                rights.add(new Right(
                        ResourceType.TRANSACTIONAL_ID, SEALER_TRANSACTIONAL_ID, false, Set.of(WRITE, DESCRIBE)));
            }
            case AUDITOR -> rights.add(Right.prefixed(ResourceType.GROUP, applicationId, Set.of(DESCRIBE)));
        }
        return List.copyOf(rights);
    }
}
