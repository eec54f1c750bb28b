// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.events.PepperFingerprint;
import io.votelog.producer.Gateway;
import io.votelog.producer.ballots.ListedBallot;
import io.votelog.producer.problem.Problems;
import io.votelog.rules.Ballot;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.BallotFile;
import io.votelog.web.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

public class BallotPhaseTest {
    private static final Instant OPENS = Instant.parse("2021-12-04T16:00:00Z");
    private static final Instant CLOSES = OPENS.plusSeconds(60);

    private final Ballot ballot = ((Ballot.Definition.Valid) BallotFile.JSON.read(
                    Gateway.ballot("a-ballot", "A ballot", OPENS, CLOSES).getBytes(StandardCharsets.UTF_8)))
            .ballot();

    @Test
    void shouldFollowTheWindow() {
        ListedBallot listed = listed(ballot, true, false, null);
        assertThat(BallotPhase.of(listed, OPENS.minusMillis(1))).isEqualTo(BallotPhase.SCHEDULED);
        assertThat(BallotPhase.of(listed, OPENS)).isEqualTo(BallotPhase.OPEN);
        assertThat(BallotPhase.of(listed, CLOSES.minusMillis(1))).isEqualTo(BallotPhase.OPEN);
        assertThat(BallotPhase.of(listed, CLOSES)).isEqualTo(BallotPhase.CLOSED);
    }

    @Test
    void shouldBeOverWhenItIsClosedEarly() {
        assertThat(BallotPhase.of(listed(ballot, true, true, null), OPENS)).isEqualTo(BallotPhase.CLOSED);
    }

    @Test
    void shouldNotBeOpenWhereNoVoteIsTaken() {
        assertThat(BallotPhase.of(listed(ballot, false, false, null), OPENS)).isEqualTo(BallotPhase.PREPARING);
        Problem unserved = Problems.unserved("pepper-mismatch", "another pepper");
        assertThat(BallotPhase.of(listed(ballot, true, false, unserved), OPENS)).isEqualTo(BallotPhase.PREPARING);
        assertThat(BallotPhase.of(listed(ballot, true, false, unserved), CLOSES))
                .isEqualTo(BallotPhase.CLOSED);
    }

    public static ListedBallot listed(Ballot ballot, boolean published, boolean closing, @Nullable Problem unserved) {
        return new ListedBallot(
                BallotDefinition.of(ballot),
                0,
                4,
                List.of(),
                new PepperFingerprint(new byte[8]),
                published,
                closing,
                false,
                false,
                unserved);
    }
}
