// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.rules.AcceptedVote;
import io.votelog.rules.Annulment;
import io.votelog.rules.Picks;
import io.votelog.rules.Reason;
import io.votelog.streams.topology.rows.VoterRow;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.junit.jupiter.api.Test;

final class CommittedVoterTest {
    private static final AcceptedVote ACCEPTED =
            new AcceptedVote(new UUID(1, 1), 7, 1_000, Picks.ofWords(new long[] {3}));
    private static final VoterRow.Refused REFUSED =
            new VoterRow.Refused(new UUID(1, 2), 9, 1_100, Reason.ALREADY_VOTED);

    private static final Annulment ANNULLED = new Annulment(8, 1_200, "fraud");

    @Test
    void shouldTellAllThatIsCommittedInAStoreThatIsWhole() {
        CommittedVoter whole =
                new CommittedVoter(new VoterRow(ACCEPTED, List.of(REFUSED), false, null), 10, true, false);
        assertThat(whole.accepted()).isEqualTo(ACCEPTED);
        assertThat(whole.refused(REFUSED.voteId())).isEqualTo(REFUSED);
        assertThat(whole.refused(new UUID(7, 7))).isNull();
        CommittedVoter empty = new CommittedVoter(new VoterRow(null, List.of(), false, null), 10, true, false);
        assertThat(empty.accepted()).isNull();
        assertThat(empty.refused(REFUSED.voteId())).isNull();
    }

    @Test
    void shouldTellNothingThatIsNotCommitted() {
        CommittedVoter copy = new CommittedVoter(new VoterRow(ACCEPTED, List.of(REFUSED), false, null), 9, true, false);
        assertThat(copy.accepted()).isEqualTo(ACCEPTED);
        assertThat(copy.refused(REFUSED.voteId())).isNull();
        assertThat(new CommittedVoter(new VoterRow(ACCEPTED, List.of(REFUSED), false, null), 7, true, false).accepted())
                .isNull();
    }

    @Test
    void shouldTellOnlyOfAnAcceptedVoteInAStoreThatIsBehind() {
        CommittedVoter behind =
                new CommittedVoter(new VoterRow(ACCEPTED, List.of(REFUSED), false, null), 10, false, false);
        assertThat(behind.accepted()).isEqualTo(ACCEPTED);
        assertThatThrownBy(() -> behind.refused(REFUSED.voteId())).isInstanceOf(InvalidStateStoreException.class);
        assertThatThrownBy(() -> behind.uncommitted(REFUSED.voteId())).isInstanceOf(InvalidStateStoreException.class);
        assertThatThrownBy(behind::forgotten).isInstanceOf(InvalidStateStoreException.class);
        CommittedVoter empty = new CommittedVoter(new VoterRow(null, List.of(REFUSED), false, null), 10, false, false);
        assertThatThrownBy(empty::accepted).isInstanceOf(InvalidStateStoreException.class);
        CommittedVoter uncommitted =
                new CommittedVoter(new VoterRow(ACCEPTED, List.of(), false, null), 7, false, false);
        assertThatThrownBy(uncommitted::accepted).isInstanceOf(InvalidStateStoreException.class);
    }

    @Test
    void shouldNotTellOfAVoteThatMayBeAnnulledInAStoreThatIsBehind() {
        VoterRow annulled = new VoterRow(ACCEPTED, List.of(), false, ANNULLED);
        CommittedVoter behind = new CommittedVoter(new VoterRow(ACCEPTED, List.of(), false, null), 10, false, true);
        assertThatThrownBy(behind::accepted).isInstanceOf(InvalidStateStoreException.class);
        CommittedVoter knowing = new CommittedVoter(annulled, 10, false, true);
        assertThat(knowing.accepted()).isEqualTo(ACCEPTED);
        assertThat(knowing.annulled()).isEqualTo(ANNULLED);
        CommittedVoter whole = new CommittedVoter(new VoterRow(ACCEPTED, List.of(), false, null), 10, true, true);
        assertThat(whole.accepted()).isEqualTo(ACCEPTED);
        assertThat(whole.annulled()).isNull();
    }

    @Test
    void shouldTellOfNoAnnulmentThatIsNotCommitted() {
        CommittedVoter copy = new CommittedVoter(new VoterRow(ACCEPTED, List.of(), false, ANNULLED), 8, true, false);
        assertThat(copy.accepted()).isEqualTo(ACCEPTED);
        assertThat(copy.annulled()).isNull();
    }

    @Test
    void shouldTellThatAnAttemptIsThereBeforeItsVerdictMayBeTold() {
        CommittedVoter copy = new CommittedVoter(new VoterRow(ACCEPTED, List.of(REFUSED), true, null), 7, true, false);
        assertThat(copy.uncommitted(ACCEPTED.voteId())).hasValue(7);
        assertThat(copy.uncommitted(REFUSED.voteId())).hasValue(9);
        assertThat(copy.uncommitted(new UUID(7, 7))).isEmpty();
        assertThat(copy.forgotten()).isTrue();
        CommittedVoter committed =
                new CommittedVoter(new VoterRow(ACCEPTED, List.of(REFUSED), false, null), 10, true, false);
        assertThat(committed.uncommitted(ACCEPTED.voteId())).isEmpty();
        assertThat(committed.uncommitted(REFUSED.voteId())).isEmpty();
    }
}
