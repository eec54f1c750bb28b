// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.events.BallotClosed;
import io.votelog.events.BallotEnded;
import io.votelog.events.BallotPublished;
import io.votelog.events.BallotReady;
import io.votelog.events.BallotResults;
import io.votelog.events.BallotSealed;
import io.votelog.events.BallotStage;
import io.votelog.events.BallotStatus;
import io.votelog.events.CheckpointSigned;
import io.votelog.events.CountedPosition;
import io.votelog.events.Ed25519PublicKey;
import io.votelog.events.Ed25519Signature;
import io.votelog.events.GatewayKeyNamed;
import io.votelog.events.KeyId;
import io.votelog.events.LogSealed;
import io.votelog.events.MinuteTurnout;
import io.votelog.events.Outcome;
import io.votelog.events.PartitionTally;
import io.votelog.events.PartitionTurnout;
import io.votelog.events.PepperFingerprint;
import io.votelog.events.QuarterVotes;
import io.votelog.events.ReasonCount;
import io.votelog.events.RejectionReason;
import io.votelog.events.Salt;
import io.votelog.events.SealedTree;
import io.votelog.events.Sha256;
import io.votelog.events.VoteAnnulled;
import io.votelog.events.VoteCast;
import io.votelog.events.VoteDecided;
import io.votelog.events.VoterPseudonym;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes of one event of each kind, as files: whoever reads the log in another language can try their reader on them. */
class GoldenEventsTest {
    private static final UUID VOTE_ID = UUID.fromString("01890a5d-ac96-774b-bcce-b302099a8057");
    private static final Sha256 DIGEST = new Sha256(bytes(32, 0xD1));
    private static final KeyId KEY_ID = new KeyId(bytes(8, 0x4B));
    private static final Ed25519Signature SIGNATURE = new Ed25519Signature(bytes(64, 0x5A));
    private static final Instant TIME = Instant.parse("2021-12-05T01:02:03.004Z");

    static Stream<SpecificRecord> events() {
        return Stream.of(
                new VoteCast(VOTE_ID, "gz-customs-2021", List.of("25", "01"), new Salt(bytes(32, 0x5E))),
                new BallotPublished(
                        "gz-customs-2021",
                        "{\"ballotId\":\"gz-customs-2021\"}",
                        DIGEST,
                        3,
                        4,
                        List.of(Events.VOTE_CAST_FINGERPRINT),
                        new PepperFingerprint(bytes(8, 0xFE)),
                        KEY_ID,
                        SIGNATURE),
                new BallotReady("gz-customs-2021", DIGEST, BallotStage.PUBLISHED, KEY_ID, SIGNATURE),
                new BallotClosed("gz-customs-2021", DIGEST, LogSigner.CLAIM, KEY_ID, SIGNATURE),
                new BallotEnded("gz-customs-2021", DIGEST, 2, KEY_ID, SIGNATURE),
                new VoteAnnulled(
                        "gz-customs-2021",
                        DIGEST,
                        new VoterPseudonym(bytes(16, 0x70)),
                        VOTE_ID,
                        "cast with a stolen sign-in 盗用账号",
                        2,
                        KEY_ID,
                        SIGNATURE),
                new VoteDecided(
                        VOTE_ID, "gz-customs-2021", Outcome.REJECTED, RejectionReason.ALREADY_VOTED, 4_711L, TIME),
                new PartitionTally(
                        "gz-customs-2021",
                        DIGEST,
                        1,
                        4,
                        Instant.parse("2021-12-04T16:00:00Z"),
                        false,
                        1_000L,
                        990L,
                        TIME,
                        900L,
                        800L,
                        60L,
                        List.of(
                                new ReasonCount(RejectionReason.NOT_OPEN, 10L),
                                new ReasonCount(RejectionReason.ALREADY_VOTED, 30L)),
                        3L,
                        5L,
                        0L,
                        1L,
                        List.of(797L, 0L, 796L)),
                new GatewayKeyNamed(new Ed25519PublicKey(new byte[32]), KEY_ID, SIGNATURE),
                new PartitionTurnout(
                        "gz-customs-2021",
                        1,
                        4,
                        Instant.parse("2021-12-05T01:00:00Z"),
                        1_000L,
                        List.of(new MinuteTurnout(2, 880L, 785L), new MinuteTurnout(59, 900L, 800L)),
                        List.of(
                                new QuarterVotes(0, List.of(783L, 0L, 782L)),
                                new QuarterVotes(3, List.of(797L, 0L, 796L)))),
                new BallotResults(
                        "gz-customs-2021",
                        DIGEST,
                        BallotStatus.FINAL,
                        2_000L,
                        0L,
                        TIME,
                        900L,
                        870L,
                        10L,
                        List.of(new ReasonCount(RejectionReason.TOO_MANY_PICKS, 20L)),
                        0L,
                        7L,
                        0L,
                        1L,
                        List.of(870L, 1L),
                        List.of(new CountedPosition(0, 1_200L, 1_190L), new CountedPosition(1, 800L, null))),
                new LogSealed(7L, List.of(1_200L, 0L, 300L, 4L)),
                new BallotSealed(8L, "gz-customs-2021", 1L, "{\"ballotId\":\"gz-customs-2021\"}"),
                new CheckpointSigned(
                        SealedTree.VERDICTS,
                        8L,
                        1_514L,
                        "example.org/votelog/verdicts\n1514\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"));
    }

    @ParameterizedTest
    @MethodSource("events")
    void shouldEncodeAsTheGoldenFileSays(SpecificRecord event) throws Exception {
        assertThat(hexLines(Events.encode(event))).isEqualTo(golden(event));
    }

    @ParameterizedTest
    @MethodSource("events")
    void shouldReadTheGoldenFileBack(SpecificRecord event) throws Exception {
        byte[] bytes = HexFormat.of().parseHex(golden(event).replace("\n", ""));

        assertThat(Events.decode(bytes).event()).isEqualTo(event);
    }

    private static String golden(SpecificRecord event) throws IOException {
        String resource = "/golden/%s.hex".formatted(event.getSchema().getName());
        try (InputStream in = GoldenEventsTest.class.getResourceAsStream(resource)) {
            assertThat(in)
                    .as("golden file %s; the bytes are now:%n%s", resource, hexLines(Events.encode(event)))
                    .isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String hexLines(byte[] bytes) {
        return HexFormat.of().formatHex(bytes).replaceAll("(.{64})", "$1\n").strip() + "\n";
    }

    private static byte[] bytes(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
