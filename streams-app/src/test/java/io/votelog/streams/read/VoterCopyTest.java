package io.votelog.streams.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.rules.AcceptedVote;
import io.votelog.rules.Annulment;
import io.votelog.rules.Picks;
import io.votelog.rules.Reason;
import io.votelog.streams.topology.VoterRow;
import java.util.UUID;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.junit.jupiter.api.Test;

final class VoterCopyTest {
    private static final AcceptedVote ACCEPTED =
            new AcceptedVote(new UUID(1, 1), 7, 1_000, Picks.ofWords(new long[] {3}));
    private static final VoterRow.Refused REFUSED =
            new VoterRow.Refused(new UUID(1, 2), 9, 1_100, Reason.ALREADY_VOTED);

    private static final Annulment ANNULLED = new Annulment(8, 1_200, "fraud");

    @Test
    void shouldTellAllThatIsCommittedInAStoreThatIsWhole() {
        VoterCopy whole = new VoterCopy(new VoterRow(ACCEPTED, REFUSED, null), 10, true, false);
        assertThat(whole.accepted()).isEqualTo(ACCEPTED);
        assertThat(whole.refused()).isEqualTo(REFUSED);
        VoterCopy empty = new VoterCopy(new VoterRow(null, null, null), 10, true, false);
        assertThat(empty.accepted()).isNull();
        assertThat(empty.refused()).isNull();
    }

    @Test
    void shouldTellNothingThatIsNotCommitted() {
        VoterCopy copy = new VoterCopy(new VoterRow(ACCEPTED, REFUSED, null), 9, true, false);
        assertThat(copy.accepted()).isEqualTo(ACCEPTED);
        assertThat(copy.refused()).isNull();
        assertThat(new VoterCopy(new VoterRow(ACCEPTED, REFUSED, null), 7, true, false).accepted())
                .isNull();
    }

    @Test
    void shouldTellOnlyOfAnAcceptedVoteInAStoreThatIsBehind() {
        VoterCopy behind = new VoterCopy(new VoterRow(ACCEPTED, REFUSED, null), 10, false, false);
        assertThat(behind.accepted()).isEqualTo(ACCEPTED);
        assertThatThrownBy(behind::refused).isInstanceOf(InvalidStateStoreException.class);
        VoterCopy empty = new VoterCopy(new VoterRow(null, REFUSED, null), 10, false, false);
        assertThatThrownBy(empty::accepted).isInstanceOf(InvalidStateStoreException.class);
        VoterCopy uncommitted = new VoterCopy(new VoterRow(ACCEPTED, null, null), 7, false, false);
        assertThatThrownBy(uncommitted::accepted).isInstanceOf(InvalidStateStoreException.class);
    }

    @Test
    void shouldNotTellOfAVoteThatMayBeAnnulledInAStoreThatIsBehind() {
        VoterRow annulled = new VoterRow(ACCEPTED, null, ANNULLED);
        VoterCopy behind = new VoterCopy(new VoterRow(ACCEPTED, null, null), 10, false, true);
        assertThatThrownBy(behind::accepted).isInstanceOf(InvalidStateStoreException.class);
        VoterCopy knowing = new VoterCopy(annulled, 10, false, true);
        assertThat(knowing.accepted()).isEqualTo(ACCEPTED);
        assertThat(knowing.annulled()).isEqualTo(ANNULLED);
        VoterCopy whole = new VoterCopy(new VoterRow(ACCEPTED, null, null), 10, true, true);
        assertThat(whole.accepted()).isEqualTo(ACCEPTED);
        assertThat(whole.annulled()).isNull();
    }

    @Test
    void shouldTellOfNoAnnulmentThatIsNotCommitted() {
        VoterCopy copy = new VoterCopy(new VoterRow(ACCEPTED, null, ANNULLED), 8, true, false);
        assertThat(copy.accepted()).isEqualTo(ACCEPTED);
        assertThat(copy.annulled()).isNull();
    }
}
