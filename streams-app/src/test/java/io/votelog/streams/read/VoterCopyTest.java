package io.votelog.streams.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.rules.AcceptedVote;
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

    @Test
    void shouldTellAllThatIsCommittedInAStoreThatIsWhole() {
        VoterCopy whole = new VoterCopy(new VoterRow(ACCEPTED, REFUSED), 10, true);
        assertThat(whole.accepted()).isEqualTo(ACCEPTED);
        assertThat(whole.refused()).isEqualTo(REFUSED);
        VoterCopy empty = new VoterCopy(new VoterRow(null, null), 10, true);
        assertThat(empty.accepted()).isNull();
        assertThat(empty.refused()).isNull();
    }

    @Test
    void shouldTellNothingThatIsNotCommitted() {
        VoterCopy copy = new VoterCopy(new VoterRow(ACCEPTED, REFUSED), 9, true);
        assertThat(copy.accepted()).isEqualTo(ACCEPTED);
        assertThat(copy.refused()).isNull();
        assertThat(new VoterCopy(new VoterRow(ACCEPTED, REFUSED), 7, true).accepted())
                .isNull();
    }

    @Test
    void shouldTellOnlyOfAnAcceptedVoteInAStoreThatIsBehind() {
        VoterCopy behind = new VoterCopy(new VoterRow(ACCEPTED, REFUSED), 10, false);
        assertThat(behind.accepted()).isEqualTo(ACCEPTED);
        assertThatThrownBy(behind::refused).isInstanceOf(InvalidStateStoreException.class);
        VoterCopy empty = new VoterCopy(new VoterRow(null, REFUSED), 10, false);
        assertThatThrownBy(empty::accepted).isInstanceOf(InvalidStateStoreException.class);
        VoterCopy uncommitted = new VoterCopy(new VoterRow(ACCEPTED, null), 7, false);
        assertThatThrownBy(uncommitted::accepted).isInstanceOf(InvalidStateStoreException.class);
    }
}
