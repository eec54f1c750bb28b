// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.events.BallotStage;
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
import java.nio.ByteBuffer;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Makes the records of a log: one key pair, ballots of two sections, voters and vote ids by number. */
public final class LogFixture {
    static final Instant OPENS_AT = Instant.parse("2021-12-04T16:00:00Z");
    static final Instant CLOSES_AT = Instant.parse("2021-12-11T16:00:00Z");
    public static final Instant DURING = Instant.parse("2021-12-06T00:00:00Z");

    static final String REASON = "cast with a stolen sign-in";

    private final LogSigner signer = newSigner();

    public LogKeys keys() {
        return signer.publicKey();
    }

    static LogSigner newSigner() {
        KeyPair pair = LogSigner.newKeyPair();
        return LogSigner.of(LogSigner.privateKeyText(pair), LogKeys.publicKeyText(pair.getPublic()));
    }

    /** A ballot with options a1 … and b1 … in two sections: one to {@code max} picks, at least one from each section. */
    static BallotDefinition ballot(String id, int optionsPerSection, int max, String visibility) {
        Map<String, Object> plain = Map.of(
                "ballotId", id,
                "title", "A vote on " + id,
                "window", Map.of("opensAt", OPENS_AT.toString(), "closesAt", CLOSES_AT.toString()),
                "picks", Map.of("min", 2, "max", max),
                "sections", List.of(section("A", "a", optionsPerSection), section("B", "b", optionsPerSection)),
                "results", Map.of("visibility", visibility));
        return BallotDefinition.of(((Ballot.Definition.Valid) Ballot.parse(plain)).ballot());
    }

    public static BallotDefinition ballot(String id) {
        return ballot(id, 3, 4, "live");
    }

    private static Map<String, Object> section(String id, String prefix, int options) {
        List<Map<String, Object>> list = new ArrayList<>();
        for (int n = 1; n <= options; n++) {
            list.add(Map.of("id", prefix + n, "title", "Option " + prefix + n));
        }
        return Map.of("id", id, "title", "Section " + id, "picks", Map.of("min", 1), "options", list);
    }

    public byte[] published(BallotDefinition definition, int partition, int partitionCount) {
        return published(signer, definition, partition, partitionCount);
    }

    static byte[] published(LogSigner signer, BallotDefinition definition, int partition, int partitionCount) {
        return signer.published(
                definition,
                partition,
                partitionCount,
                List.of(Events.VOTE_CAST_FINGERPRINT),
                new PepperFingerprint(new byte[8]));
    }

    public byte[] closed(BallotDefinition definition, int partition) {
        return signer.closed(definition.ballot().id(), definition.digest(), partition);
    }

    byte[] ended(BallotDefinition definition, int partition) {
        return signer.ended(definition.ballot().id(), definition.digest(), partition);
    }

    byte[] annulled(BallotDefinition definition, int voter, int voteId, int partition) {
        return annulled(signer, definition, voter, voteId, partition);
    }

    byte[] annulled(BallotDefinition definition, int voter, int voteId, int partition, String reason) {
        return annulled(signer, definition, voter, voteId, partition, reason);
    }

    static byte[] annulled(LogSigner signer, BallotDefinition definition, int voter, int voteId, int partition) {
        return annulled(signer, definition, voter, voteId, partition, REASON);
    }

    private static byte[] annulled(
            LogSigner signer, BallotDefinition definition, int voter, int voteId, int partition, String reason) {
        Receipt receipt = new Receipt(Pseudonym.of(voter(voter)), voteId(voteId));
        return signer.annulled(definition.ballot().id(), definition.digest(), receipt, reason, partition);
    }

    byte[] ready(BallotDefinition definition) {
        return signer.ready(definition.ballot().id(), definition.digest(), BallotStage.PUBLISHED);
    }

    public static byte[] voter(int number) {
        return ByteBuffer.allocate(Pseudonym.LENGTH)
                .putLong(0x9E3779B97F4A7C15L * (number + 1))
                .putLong(number)
                .array();
    }

    public static UUID voteId(int number) {
        return new UUID(0x8000L, number);
    }

    public static byte[] vote(String ballotId, int voteId, String... choices) {
        return Events.encode(new VoteCast(voteId(voteId), ballotId, List.of(choices), new Salt(new byte[32])));
    }
}
