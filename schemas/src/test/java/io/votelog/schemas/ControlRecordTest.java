// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.events.BallotPublished;
import io.votelog.events.BallotStage;
import io.votelog.events.Ed25519Signature;
import io.votelog.events.KeyId;
import io.votelog.events.LogSealed;
import io.votelog.events.PepperFingerprint;
import io.votelog.events.Salt;
import io.votelog.events.Sha256;
import io.votelog.events.VoteCast;
import io.votelog.rules.Ballot;
import io.votelog.schemas.ControlRecord.Annulled;
import io.votelog.schemas.ControlRecord.Closed;
import io.votelog.schemas.ControlRecord.Ended;
import io.votelog.schemas.ControlRecord.GatewayKey;
import io.votelog.schemas.ControlRecord.InBallots;
import io.votelog.schemas.ControlRecord.InVotes;
import io.votelog.schemas.ControlRecord.Published;
import io.votelog.schemas.ControlRecord.Ready;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControlRecordTest {
    private static final KeyPair PAIR = LogSigner.newKeyPair();
    private static final String PUBLIC = LogKeys.publicKeyText(PAIR.getPublic());
    private static final LogSigner SIGNER = LogSigner.of(LogSigner.privateKeyText(PAIR), PUBLIC);
    private static final LogKeys KEYS = LogKeys.of(List.of(PUBLIC));
    private static final LogKeys OTHER_KEYS =
            LogKeys.of(List.of(LogKeys.publicKeyText(LogSigner.newKeyPair().getPublic())));

    private static final BallotDefinition FRUITS = fruits();
    private static final PepperFingerprint PEPPER = new PepperFingerprint(new byte[8]);
    private static final Receipt RECEIPT = new Receipt(Pseudonym.of(new byte[16]), new UUID(1, 2));

    private static BallotDefinition fruits() {
        byte[] file =
                """
                ballotId: fruits
                title: Fruits
                window: {opensAt: "2021-12-01T00:00:00Z", closesAt: "2021-12-02T00:00:00Z"}
                picks: {min: 1, max: 1}
                sections:
                  - id: A
                    title: Fruit
                    options:
                      - {id: apple, title: Apple}
                """
                        .getBytes(StandardCharsets.UTF_8);
        return BallotDefinition.of(((Ballot.Definition.Valid) BallotFile.YAML.read(file)).ballot());
    }

    private static byte[] published(int partition, int partitionCount) {
        return SIGNER.published(FRUITS, partition, partitionCount, List.of(7L), PEPPER);
    }

    /** A claim that says anything. */
    private static Published claim(String ballotId, String definition, Sha256 digest) throws MalformedEventException {
        return (Published) read(Events.encode(new BallotPublished(
                ballotId,
                definition,
                digest,
                LogSigner.CLAIM,
                4,
                List.of(7L),
                PEPPER,
                new KeyId(new byte[8]),
                new Ed25519Signature(new byte[64]))));
    }

    /** Every control record, written for partition 3 of votes or, where it belongs into ballots alone, for ballots. */
    static Stream<byte[]> everyRecord() {
        return Stream.of(
                published(3, 4),
                SIGNER.ready("fruits", FRUITS.digest(), BallotStage.CLOSED),
                SIGNER.closed("fruits", FRUITS.digest(), 3),
                SIGNER.ended("fruits", FRUITS.digest(), 3),
                SIGNER.annulled("fruits", FRUITS.digest(), RECEIPT, "a stolen sign-in", 3));
    }

    private static ControlRecord read(byte[] value) throws MalformedEventException {
        SpecificRecord event = Events.decode(value).event();
        Optional<InVotes> inVotes = ControlRecord.inVotes(event, value);
        return inVotes.isPresent()
                ? inVotes.get()
                : ControlRecord.inBallots(event, value).orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("everyRecord")
    void shouldHaveWhatEveryControlRecordSays(byte[] value) throws Exception {
        ControlRecord record = read(value);

        assertThat(record.ballotId()).isEqualTo("fruits");
        assertThat(record.digest()).isEqualTo(FRUITS.digest());
        assertThat(record.keyId()).isEqualTo(KEYS.keyIds().iterator().next());
        assertThat(record.partition()).isEqualTo(record instanceof Ready ? LogSigner.CLAIM : 3);
        assertThat(record.isForBallots()).isEqualTo(record instanceof Ready);
    }

    @ParameterizedTest
    @MethodSource("everyRecord")
    void shouldBeSignedByItsKeyAloneAndOverAllItsBytes(byte[] value) throws Exception {
        byte[] changed = value.clone();
        // The last byte of the ballot's id, behind the header of 10 bytes and the length of the id.
        changed[16] ^= 1;

        assertThat(read(value).signedBy(KEYS)).isTrue();
        assertThat(read(value).signedBy(OTHER_KEYS)).isFalse();
        assertThat(read(changed).ballotId()).isEqualTo("fruitr");
        assertThat(read(changed).signedBy(KEYS)).isFalse();
    }

    /** The name of the case that was called. */
    private static final class CaseOfVotes implements InVotes.Cases<String, RuntimeException> {
        @Override
        public String published(Published published) {
            return "BallotPublished";
        }

        @Override
        public String closed(Closed closed) {
            return "BallotClosed";
        }

        @Override
        public String ended(Ended ended) {
            return "BallotEnded";
        }

        @Override
        public String annulled(Annulled annulled) {
            return "VoteAnnulled";
        }
    }

    private static final class CaseOfBallots implements InBallots.Cases<String, RuntimeException> {
        @Override
        public String published(Published claim) {
            return "BallotPublished";
        }

        @Override
        public String ready(Ready ready) {
            return "BallotReady";
        }

        @Override
        public String closed(Closed intent) {
            return "BallotClosed";
        }

        @Override
        public String gatewayKey(GatewayKey key) {
            return "GatewayKeyNamed";
        }
    }

    /** Whoever adds an event to a topic gives it a type here, and with it a case wherever records of that topic are obeyed. */
    @Test
    void shouldHaveACaseForEveryEventOfItsTopic() throws Exception {
        CaseOfVotes votes = new CaseOfVotes();
        CaseOfBallots ballots = new CaseOfBallots();
        Stream.Builder<String> inVotes = Stream.builder();
        Stream.Builder<String> inBallots = Stream.builder();
        for (byte[] value : Stream.concat(everyRecord(), Stream.of(SIGNER.gatewayKeyNamed(new byte[32])))
                .toList()) {
            SpecificRecord event = Events.decode(value).event();
            String name = event.getSchema().getName();
            ControlRecord.inVotes(event, value).ifPresent(record -> {
                assertThat(record.match(votes)).isEqualTo(name);
                inVotes.add(name);
            });
            ControlRecord.inBallots(event, value).ifPresent(record -> {
                assertThat(record.match(ballots)).isEqualTo(name);
                inBallots.add(name);
            });
        }

        assertThat(Stream.concat(Stream.of("VoteCast"), inVotes.build()))
                .containsExactlyInAnyOrderElementsOf(Topics.VOTES.events());
        assertThat(inBallots.build()).containsExactlyInAnyOrderElementsOf(Topics.BALLOTS.events());
    }

    /** Each event is signed that says so in its schema. */
    @Test
    void shouldBeOfEveryEventThatIsSigned() {
        assertThat(Events.current()
                        .filter(schema -> schema.getField("signature") != null)
                        .map(Schema::getName))
                .containsExactlyInAnyOrder(
                        "BallotPublished",
                        "BallotReady",
                        "BallotClosed",
                        "BallotEnded",
                        "VoteAnnulled",
                        "GatewayKeyNamed");
    }

    @Test
    void shouldNameAGatewaysKeyForNoBallot() throws Exception {
        byte[] publicKey = new byte[32];
        publicKey[31] = 7;
        byte[] value = SIGNER.gatewayKeyNamed(publicKey);
        GatewayKey named = (GatewayKey) read(value);

        assertThat(named.publicKey()).isEqualTo(publicKey);
        assertThat(named.signedBy(KEYS)).isTrue();
        assertThat(named.signedBy(OTHER_KEYS)).isFalse();
        assertThat(named.isForBallots()).isTrue();
        assertThat(named.isUnder(new byte[0])).isTrue();
        assertThat(named.isUnder(null)).isFalse();
        value[20] ^= 1;
        assertThat(read(value).signedBy(KEYS)).isFalse();
    }

    @Test
    void shouldBeNoVoteAndNoEventOfAnotherTopic() {
        VoteCast vote = new VoteCast(new UUID(1, 2), "fruits", List.of("apple"), new Salt(new byte[32]));
        LogSealed seal = new LogSealed(0L, List.of(4L));
        for (SpecificRecord event : List.of(vote, seal)) {
            byte[] value = Events.encode(event);
            assertThat(ControlRecord.inVotes(event, value)).isEmpty();
            assertThat(ControlRecord.inBallots(event, value)).isEmpty();
        }
    }

    @Test
    void shouldTellClaimAndIntentFromCopiesForVotes() throws Exception {
        assertThat(read(published(LogSigner.CLAIM, 4)).isForBallots()).isTrue();
        assertThat(read(published(0, 4)).isForBallots()).isFalse();
        assertThat(read(SIGNER.closed("fruits", FRUITS.digest(), LogSigner.CLAIM))
                        .isForBallots())
                .isTrue();
        assertThat(read(SIGNER.closed("fruits", FRUITS.digest(), 0)).isForBallots())
                .isFalse();
    }

    @Test
    void shouldStandUnderItsBallotsId() throws Exception {
        ControlRecord record = read(SIGNER.closed("fruits", FRUITS.digest(), LogSigner.CLAIM));

        assertThat(record.isUnder("fruits".getBytes(StandardCharsets.UTF_8))).isTrue();
        assertThat(record.isUnder("fruit".getBytes(StandardCharsets.UTF_8))).isFalse();
        assertThat(record.isUnder(new byte[0])).isFalse();
        assertThat(record.isUnder(null)).isFalse();
    }

    @Test
    void shouldHoldTheDefinitionThatItNames() throws Exception {
        Published record = (Published) read(published(LogSigner.CLAIM, 4));

        assertThat(record.definition()).isEqualTo(FRUITS);
        assertThat(record.untruth(FRUITS)).isEmpty();
        assertThat(record.partitionCount()).isEqualTo(4);
        assertThat(record.event().getVoteSchemas()).containsExactly(7L);
    }

    @Test
    void shouldSayThatItsIdOrItsDigestIsNotThatOfItsDefinition() throws Exception {
        Sha256 zeros = new Sha256(new byte[32]);
        Published wrongDigest = claim("fruits", FRUITS.json(), zeros);
        Published wrongBoth = claim("roots", FRUITS.json(), zeros);

        assertThat(wrongDigest.untruth(wrongDigest.definition())).contains("its digest is not that of its definition");
        assertThat(wrongBoth.untruth(wrongBoth.definition())).contains("it claims roots for the definition of fruits");
    }

    @Test
    void shouldHoldNoDefinitionThatIsNoBallotOrNotCanonical() throws Exception {
        Published padded = claim("fruits", FRUITS.json() + " ", FRUITS.digest());
        Published empty = claim("fruits", "{}", FRUITS.digest());

        assertThatThrownBy(padded::definition)
                .isInstanceOf(MalformedEventException.class)
                .hasMessage("the definition is not in canonical JSON");
        assertThatThrownBy(empty::definition)
                .isInstanceOf(MalformedEventException.class)
                .hasMessageStartingWith("the definition is no ballot: ");
    }

    /** A claim is for a ballot over one partition at least; a copy stands in a partition that the ballot is spread over. */
    @ParameterizedTest
    @CsvSource({
        "-1, 1, true",
        "-1, 0, false",
        "-1, -2, false",
        "0, 1, true",
        "0, 0, false",
        "3, 4, true",
        "3, 3, false",
        "-1, 2147483647, true",
        "2147483647, 2147483647, false",
        "-5, 1, true",
        "-5, 0, false"
    })
    void shouldReachItsPartition(int partition, int partitionCount, boolean reaches) throws Exception {
        Published record = (Published) read(published(partition, partitionCount));

        assertThat(record.reachesItsPartition()).isEqualTo(reaches);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 7})
    void shouldBelongIntoThePartitionOfItsVoter(int partitionCount) throws Exception {
        Annulled record = (Annulled) read(SIGNER.annulled("fruits", FRUITS.digest(), RECEIPT, "", 0));

        assertThat(record.receipt()).isEqualTo(RECEIPT);
        assertThat(record.belongsInto(partitionCount)).isEqualTo(RECEIPT.voter().partition(partitionCount));
        assertThat(record.reasonFault()).contains("is empty; it must say why the vote is annulled");
    }

    @Test
    void shouldCarryTheStageAndTheReason() throws Exception {
        Ready ready = (Ready) read(SIGNER.ready("fruits", FRUITS.digest(), BallotStage.ENDED));
        Annulled annulled = (Annulled) read(SIGNER.annulled("fruits", FRUITS.digest(), RECEIPT, "a stolen sign-in", 0));

        assertThat(ready.stage()).isEqualTo(BallotStage.ENDED);
        assertThat(annulled.reason()).isEqualTo("a stolen sign-in");
        assertThat(annulled.reasonFault()).isEmpty();
    }
}
