// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.ballots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.events.BallotStage;
import io.votelog.events.Sha256;
import io.votelog.events.VoteCast;
import io.votelog.producer.Gateway;
import io.votelog.producer.crypto.Pepper;
import io.votelog.producer.crypto.Salts;
import io.votelog.rules.Ballot;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.BallotFile;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import io.votelog.web.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CatalogueTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private final Pepper pepper = Pepper.of(Gateway.PEPPER);
    private final Catalogue catalogue = new Catalogue(LogKeys.of(List.of(Gateway.PUBLIC_KEY)), pepper, 4);
    private final BallotDefinition first = definition("a-ballot", "First");
    private final BallotDefinition other = definition("a-ballot", "Other");
    private long next;

    @Test
    void shouldKeepTheFirstDefinitionOfAnId() {
        apply("a-ballot", claim(first));
        apply("a-ballot", claim(other));

        ListedBallot listed = catalogue.find("a-ballot").orElseThrow();
        assertThat(listed.definition()).isEqualTo(first);
        assertThat(listed.claimOffset()).isZero();
        assertThat(catalogue.position()).isEqualTo(2);
    }

    @Test
    void shouldPassOverWhatNoConfiguredKeySigned() {
        KeyPair stranger = LogSigner.newKeyPair();
        LogSigner signer =
                LogSigner.of(LogSigner.privateKeyText(stranger), LogKeys.publicKeyText(stranger.getPublic()));
        apply("a-ballot", claim(signer, other, -1, 4, Events.VOTE_CAST_FINGERPRINT));
        apply("a-ballot", claim(first));

        assertThat(catalogue.find("a-ballot").orElseThrow().definition()).isEqualTo(first);
    }

    @Test
    void shouldPassOverWhatDoesNotBelongThere() {
        byte[] tampered = claim(other);
        tampered[40] ^= 1;
        apply("a-ballot", tampered);
        apply("a-ballot", new byte[] {1, 2, 3});
        apply("a-ballot", null);
        apply(null, claim(other));
        apply("b-ballot", claim(other));
        apply("a-ballot", claim(Gateway.SIGNER, other, 0, 4, Events.VOTE_CAST_FINGERPRINT));
        apply("a-ballot", Gateway.SIGNER.ready("a-ballot", first.digest(), BallotStage.PUBLISHED));
        apply("a-ballot", Gateway.SIGNER.closed("a-ballot", first.digest(), -1));
        apply("a-ballot", Events.encode(new VoteCast(new UUID(1, 2), "a-ballot", List.of(), new Salts().next())));
        assertThat(catalogue.all()).isEmpty();
        assertThat(catalogue.position()).isEqualTo(9);

        apply("a-ballot", claim(first));
        assertThat(catalogue.find("a-ballot").orElseThrow().definition()).isEqualTo(first);
    }

    @Test
    void shouldTakeVotesOnlyOnceTheBallotIsReady() {
        refused("a-ballot", 404, "unknown-ballot");
        apply("a-ballot", claim(first));
        refused("a-ballot", 503, "unavailable");
        apply("a-ballot", Gateway.SIGNER.ready("a-ballot", other.digest(), BallotStage.PUBLISHED));
        refused("a-ballot", 503, "unavailable");
        apply("a-ballot", Gateway.SIGNER.ready("a-ballot", first.digest(), BallotStage.PUBLISHED));
        assertThat(catalogue.servable("a-ballot").published()).isTrue();
    }

    @Test
    void shouldFollowTheStages() {
        apply("a-ballot", claim(first));
        apply("a-ballot", Gateway.SIGNER.ready("a-ballot", first.digest(), BallotStage.PUBLISHED));
        apply("a-ballot", Gateway.SIGNER.closed("a-ballot", first.digest(), 2));
        assertThat(catalogue.servable("a-ballot").closing()).isFalse();
        apply("a-ballot", Gateway.SIGNER.closed("a-ballot", first.digest(), -1));
        assertThat(catalogue.servable("a-ballot").closing()).isTrue();
        assertThat(catalogue.servable("a-ballot").closed()).isFalse();
        apply("a-ballot", Gateway.SIGNER.ready("a-ballot", first.digest(), BallotStage.CLOSED));
        assertThat(catalogue.servable("a-ballot").closed()).isTrue();
        apply("a-ballot", Gateway.SIGNER.ready("a-ballot", first.digest(), BallotStage.ENDED));
        assertThat(catalogue.servable("a-ballot").ended()).isTrue();
    }

    @Test
    void shouldTellListenersOfChangesAlone() {
        List<ListedBallot> told = new ArrayList<>();
        catalogue.onChange(told::add);
        apply("a-ballot", claim(first));
        apply("a-ballot", claim(first));
        apply("a-ballot", Gateway.SIGNER.ready("a-ballot", first.digest(), BallotStage.PUBLISHED));
        apply("a-ballot", Gateway.SIGNER.ready("a-ballot", first.digest(), BallotStage.PUBLISHED));
        assertThat(told).hasSize(2);
    }

    @Test
    void shouldServeNoBallotOfAnotherPepper() {
        Pepper another = Pepper.of("//////////////////////////////////////////8=");
        apply(
                "a-ballot",
                Gateway.SIGNER.published(
                        first, -1, 4, List.of(Events.VOTE_CAST_FINGERPRINT), another.fingerprint("a-ballot")));
        refused("a-ballot", 503, "pepper-mismatch");
    }

    @Test
    void shouldServeNoBallotOfAnotherPartitionCountOrVoteSchema() {
        apply("a-ballot", claim(Gateway.SIGNER, first, -1, 5, Events.VOTE_CAST_FINGERPRINT));
        refused("a-ballot", 503, "partition-count-mismatch");
        BallotDefinition second = definition("b-ballot", "Second");
        apply("b-ballot", claim(Gateway.SIGNER, second, -1, 4, 4711));
        refused("b-ballot", 503, "vote-schema-mismatch");
    }

    /**
     * Partitions that are added later do not affect a ballot for fewer partitions; a ballot for more is served once they are
     * there.
     */
    @Test
    void shouldServeBallotsWhateverIsAddedToTheTopic() {
        BallotDefinition second = definition("b-ballot", "Second");
        List<String> told = new ArrayList<>();
        catalogue.onChange(ballot -> told.add(ballot.id()));
        apply("a-ballot", claim(Gateway.SIGNER, first, -1, 4, Events.VOTE_CAST_FINGERPRINT));
        apply("a-ballot", Gateway.SIGNER.ready("a-ballot", first.digest(), BallotStage.PUBLISHED));
        apply("b-ballot", claim(Gateway.SIGNER, second, -1, 5, Events.VOTE_CAST_FINGERPRINT));
        apply("b-ballot", Gateway.SIGNER.ready("b-ballot", second.digest(), BallotStage.PUBLISHED));
        refused("b-ballot", 503, "partition-count-mismatch");
        assertThatThrownBy(() -> catalogue.annullable("b-ballot")).isInstanceOf(ProblemException.class);

        catalogue.votesHave(5);
        assertThat(catalogue.servable("a-ballot").partitionCount()).isEqualTo(4);
        assertThat(catalogue.annullable("a-ballot").partitionCount()).isEqualTo(4);
        assertThat(catalogue.servable("b-ballot").partitionCount()).isEqualTo(5);
        assertThat(catalogue.annullable("b-ballot").partitionCount()).isEqualTo(5);
        assertThat(told).containsExactly("a-ballot", "a-ballot", "b-ballot", "b-ballot", "b-ballot");
    }

    @Test
    void shouldPassOverABallotForNoPartition() {
        apply("a-ballot", claim(Gateway.SIGNER, first, -1, 0, Events.VOTE_CAST_FINGERPRINT));
        assertThat(catalogue.all()).isEmpty();
        assertThat(catalogue.passedOver()).isEqualTo(1);
    }

    @Test
    void shouldCompleteWhenARecordIsApplied() {
        CompletableFuture<Void> second = catalogue.applied(1);
        apply("a-ballot", new byte[0]);
        assertThat(second).isNotDone();
        apply("a-ballot", new byte[0]);
        assertThat(second).isCompleted();
        assertThat(catalogue.applied(0)).isCompleted();
    }

    @Test
    void shouldSayWhatALifeAsksForNext() {
        apply("a-ballot", claim(first));
        assertThat(step(NOW)).isEqualTo(new NextStep.Publish());
        apply("a-ballot", Gateway.SIGNER.ready("a-ballot", first.digest(), BallotStage.PUBLISHED));
        Instant closesAt = first.ballot().closesAt();
        assertThat(step(NOW)).isEqualTo(new NextStep.Wait(closesAt));
        assertThat(step(closesAt.minusMillis(1))).isEqualTo(new NextStep.Wait(closesAt));
        assertThat(step(closesAt)).isEqualTo(new NextStep.End());
        apply("a-ballot", Gateway.SIGNER.closed("a-ballot", first.digest(), -1));
        assertThat(step(NOW)).isEqualTo(new NextStep.Close());
        apply("a-ballot", Gateway.SIGNER.ready("a-ballot", first.digest(), BallotStage.CLOSED));
        assertThat(step(closesAt)).isEqualTo(new NextStep.Done());
    }

    @Test
    void shouldHaveNothingLeftToDoForABallotThatEnded() {
        apply("a-ballot", claim(first));
        apply("a-ballot", Gateway.SIGNER.ready("a-ballot", first.digest(), BallotStage.PUBLISHED));
        apply("a-ballot", Gateway.SIGNER.ready("a-ballot", first.digest(), BallotStage.ENDED));
        assertThat(step(first.ballot().closesAt())).isEqualTo(new NextStep.Done());
    }

    @Test
    void shouldNotTakeTheDigestOfAnotherDefinitionForIts() {
        apply("a-ballot", claim(first));
        apply("a-ballot", Gateway.SIGNER.closed("a-ballot", new Sha256(new byte[32]), -1));
        assertThat(catalogue.find("a-ballot").orElseThrow().closing()).isFalse();
    }

    private NextStep step(Instant now) {
        return NextStep.of(catalogue.find("a-ballot").orElseThrow(), now);
    }

    private void apply(@Nullable String key, byte @Nullable [] value) {
        catalogue.apply(next++, key == null ? null : key.getBytes(StandardCharsets.UTF_8), value);
    }

    private void refused(String ballotId, int status, String code) {
        assertThatThrownBy(() -> catalogue.servable(ballotId))
                .isInstanceOfSatisfying(ProblemException.class, refused -> {
                    assertThat(refused.problem().code()).isEqualTo(code);
                    assertThat(refused.problem().status()).isEqualTo(status);
                });
    }

    private byte[] claim(BallotDefinition definition) {
        return claim(Gateway.SIGNER, definition, -1, 4, Events.VOTE_CAST_FINGERPRINT);
    }

    private byte[] claim(LogSigner signer, BallotDefinition definition, int partition, int count, long voteSchema) {
        return signer.published(
                definition,
                partition,
                count,
                List.of(voteSchema),
                pepper.fingerprint(definition.ballot().id()));
    }

    private static BallotDefinition definition(String id, String title) {
        String json = Gateway.ballot(id, title, NOW, NOW.plusSeconds(3600));
        Ballot.Definition read = BallotFile.JSON.read(json.getBytes(StandardCharsets.UTF_8));
        return BallotDefinition.of(((Ballot.Definition.Valid) read).ballot());
    }
}
