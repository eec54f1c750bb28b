// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.simulation;

import io.votelog.events.PepperFingerprint;
import io.votelog.events.Salt;
import io.votelog.events.VoteCast;
import io.votelog.rules.Ballot;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.registry.SchemaIds;
import io.votelog.streams.topology.VerdictListener;
import io.votelog.streams.topology.VotelogTopology;
import io.votelog.streams.topology.voters.VotesTopic;
import java.nio.ByteBuffer;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Draws what comes into votes: a few voters on a few ballots, so that they vote again, and what operators, and those who should not, write
 * between them. The same record has the same bytes in all histories of a run.
 */
final class Electorate {
    static final long START_MS = Instant.parse("2021-12-05T00:00:00Z").toEpochMilli();
    static final int MOST_PARTITIONS = 3;

    private static final int VOTERS = 4;
    private static final int VOTE_IDS = 3;
    private static final LogSigner SIGNER = newSigner();
    private static final LogSigner STRANGER = newSigner();
    /** Signatures take long to make, and these records are the same again and again. */
    private static final Map<String, byte[]> WRITTEN = new HashMap<>();

    private static final Map<Integer, List<List<byte[]>>> VOTERS_BY_PARTITION = new HashMap<>();

    private static final List<BallotDefinition> BALLOTS = List.of(
            ballot("live", 3, Duration.ofHours(-1), Duration.ofDays(30), "live"),
            ballot("hidden", 3, Duration.ofHours(-1), Duration.ofHours(2), "after-close"),
            ballot("brief", 3, Duration.ofMinutes(10), Duration.ofMinutes(90), "live"),
            // More options than one row of a tally has, and than fit into one 64-bit word.
            ballot("wide", 33, Duration.ofHours(-1), Duration.ofDays(1), "live"));

    private static final List<List<String>> CHOICES = List.of(
            List.of("a1", "b1"),
            List.of("b1", "a1"),
            List.of("a2", "b1"),
            List.of("a1", "b2", "b3"),
            List.of("a3", "b2"),
            List.of("a1"),
            List.of("a1", "a2"),
            List.of("a1", "b1", "b1"),
            List.of("a1", "b99"),
            List.of("a1", "a2", "a3", "b1", "b2"),
            List.of());

    private final Random random;
    private final int partitions;
    private final List<BallotDefinition> ballots = new ArrayList<>();

    /** A record to be appended. */
    record Drawn(byte[] key, byte[] value) {}

    Electorate(Random random, int partitions) {
        this.random = random;
        this.partitions = partitions;
        int wide = BALLOTS.size() - 1;
        int first = random.nextInt(wide);
        ballots.add(BALLOTS.get(first));
        if (random.nextBoolean()) {
            ballots.add(BALLOTS.get((first + 1) % wide));
        }
        if (random.nextInt(24) == 0) {
            ballots.add(BALLOTS.get(wide));
        }
    }

    private static LogSigner newSigner() {
        RememberedSignatures.install();
        KeyPair pair = LogSigner.newKeyPair();
        return LogSigner.of(LogSigner.privateKeyText(pair), LogKeys.publicKeyText(pair.getPublic()));
    }

    static LogKeys keys() {
        return SIGNER.publicKey();
    }

    /** The topologies of an instance that counts this log, to whose results nobody listens. */
    static VotelogTopology topology(VotesTopic votes) {
        return new VotelogTopology(
                keys(),
                votes,
                VotelogTopology.RESULTS_INTERVAL,
                results -> {},
                turnout -> {},
                (key, row) -> {},
                VerdictListener.NONE,
                SchemaIds.none());
    }

    private static BallotDefinition ballot(
            String id, int optionsPerSection, Duration opensIn, Duration closesIn, String visibility) {
        Instant start = Instant.ofEpochMilli(START_MS);
        Map<String, Object> plain = Map.of(
                "ballotId", id,
                "title", "A vote on " + id,
                "window",
                        Map.of(
                                "opensAt", start.plus(opensIn).toString(),
                                "closesAt", start.plus(closesIn).toString()),
                "picks", Map.of("min", 2, "max", 4),
                "sections", List.of(section("A", "a", optionsPerSection), section("B", "b", optionsPerSection)),
                "results", Map.of("visibility", visibility));
        return BallotDefinition.of(((Ballot.Definition.Valid) Ballot.parse(plain)).ballot());
    }

    private static Map<String, Object> section(String id, String prefix, int options) {
        List<Map<String, Object>> list = new ArrayList<>();
        for (int n = 1; n <= options; n++) {
            list.add(Map.of("id", prefix + n, "title", "Option " + prefix + n));
        }
        return Map.of("id", id, "title", "Section " + id, "picks", Map.of("min", 1), "options", list);
    }

    /** The ballots of this history. */
    List<BallotDefinition> ballots() {
        return ballots;
    }

    /** The voters whose votes belong into a partition. */
    static List<byte[]> voters(int partition, int partitions) {
        List<List<byte[]>> byPartition = VOTERS_BY_PARTITION.computeIfAbsent(partitions, Electorate::spread);
        return byPartition.get(partition);
    }

    private static List<List<byte[]>> spread(int partitions) {
        List<List<byte[]>> voters = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            List<byte[]> here = new ArrayList<>();
            for (int number = 0; here.size() < VOTERS; number++) {
                byte[] key = ByteBuffer.allocate(Pseudonym.LENGTH)
                        .putLong(0x9E3779B97F4A7C15L * (number + 1))
                        .putLong(number)
                        .array();
                if (Pseudonym.partition(key, partitions) == partition) {
                    here.add(key);
                }
            }
            voters.add(here);
        }
        return voters;
    }

    /** One of the voters whose votes belong into a partition. */
    byte[] voter(int partition) {
        return voters(partition, partitions).get(random.nextInt(VOTERS));
    }

    BallotDefinition ballot() {
        return ballots.get(random.nextInt(ballots.size()));
    }

    /** The record that opens a ballot in a partition. */
    Drawn published(BallotDefinition ballot, int partition) {
        return new Drawn(
                null,
                written(
                        "published " + id(ballot) + ' ' + partition + ' ' + partitions,
                        () -> SIGNER.published(
                                ballot,
                                partition,
                                partitions,
                                List.of(Events.VOTE_CAST_FINGERPRINT),
                                new PepperFingerprint(new byte[8]))));
    }

    private static String id(BallotDefinition ballot) {
        return ballot.ballot().id();
    }

    /**
     * The next record of a partition.
     *
     * @param standing the ballots that stand there
     */
    Drawn next(int partition, List<String> standing) {
        BallotDefinition ballot = ballot();
        int dice = random.nextInt(100);
        if (dice < 4) {
            return published(ballot, partition);
        }
        if (dice < 7) {
            return control("closed", ballot, partition, () -> SIGNER.closed(id(ballot), ballot.digest(), partition));
        }
        if (dice < 9) {
            return control("ended", ballot, partition, () -> SIGNER.ended(id(ballot), ballot.digest(), partition));
        }
        if (dice < 23) {
            return annulled(ballot, partition, SIGNER, "");
        }
        if (dice < 30) {
            return junk(ballot, partition, standing);
        }
        return vote(id(ballot), voter(partition));
    }

    private Drawn control(String what, BallotDefinition ballot, int partition, Supplier<byte[]> write) {
        return new Drawn(null, written(what + ' ' + id(ballot) + ' ' + partition, write));
    }

    private Drawn annulled(BallotDefinition ballot, int partition, LogSigner signer, String by) {
        byte[] voter = voter(partition);
        UUID voteId = voteId(voter);
        return new Drawn(
                null,
                written(
                        "annulled " + id(ballot) + ' ' + partition + ' ' + voteId + ' ' + by,
                        () -> signer.annulled(
                                id(ballot),
                                ballot.digest(),
                                new Receipt(Pseudonym.of(voter), voteId),
                                "cast with a stolen sign-in",
                                partition)));
    }

    /** What is no vote event, or no valid control record. */
    private Drawn junk(BallotDefinition ballot, int partition, List<String> standing) {
        return switch (random.nextInt(7)) {
            case 0 -> new Drawn(voter(partition), null);
            case 1 -> {
                byte[] bytes = new byte[random.nextInt(40)];
                random.nextBytes(bytes);
                yield new Drawn(random.nextBoolean() ? null : voter(partition), bytes);
            }
            case 2 -> vote(id(ballot), random.nextBoolean() ? null : new byte[] {1, 2, 3});
            // Of another partition, if there is one.
            case 3 -> vote(id(ballot), voter((partition + 1) % partitions));
            case 4 -> annulled(ballot, partition, STRANGER, "a stranger");
            case 5 -> {
                if (!standing.contains(id(ballot))) {
                    yield vote("unknown", voter(partition));
                }
                BallotDefinition other = ballot(id(ballot), 4, Duration.ofHours(-1), Duration.ofDays(9), "live");
                yield new Drawn(
                        null,
                        written(
                                "another " + id(ballot) + ' ' + partition + ' ' + partitions,
                                () -> SIGNER.published(
                                        other,
                                        partition,
                                        partitions,
                                        List.of(Events.VOTE_CAST_FINGERPRINT),
                                        new PepperFingerprint(new byte[8]))));
            }
            default -> vote("No Ballot's Id", voter(partition));
        };
    }

    private Drawn vote(String ballotId, byte[] voter) {
        UUID voteId = voteId(voter);
        // The first choices are good ones, and are drawn most.
        int choice = random.nextInt(1 + random.nextInt(CHOICES.size()));
        List<String> choices = CHOICES.get(choice);
        return new Drawn(
                voter,
                written(
                        "vote " + ballotId + ' ' + voteId + ' ' + choice,
                        () -> Events.encode(new VoteCast(voteId, ballotId, choices, new Salt(new byte[32])))));
    }

    /** One of the few ids of a voter's votes; no two voters have one in common. */
    private UUID voteId(byte[] voter) {
        long of = voter == null || voter.length < Pseudonym.LENGTH
                ? -1
                : ByteBuffer.wrap(voter).getLong();
        return new UUID(of, random.nextInt(VOTE_IDS));
    }

    private static byte[] written(String what, Supplier<byte[]> write) {
        return WRITTEN.computeIfAbsent(what, any -> write.get());
    }
}
