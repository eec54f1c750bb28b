package io.votelog.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.events.PepperFingerprint;
import io.votelog.rules.Ballot;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.BallotFile;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StageTest {
    private static final Instant OPENS = Instant.parse("2021-12-04T16:00:00Z");
    private static final Instant CLOSES = OPENS.plusSeconds(60);

    private final Ballot ballot = ((Ballot.Definition.Valid) BallotFile.JSON.read(
                    Gateway.ballot("a-ballot", "A ballot", OPENS, CLOSES).getBytes(StandardCharsets.UTF_8)))
            .ballot();

    @Test
    void shouldFollowTheWindow() {
        ListedBallot listed = listed(ballot, true, false, null);
        assertThat(Stage.of(listed, OPENS.minusMillis(1))).isEqualTo(Stage.SCHEDULED);
        assertThat(Stage.of(listed, OPENS)).isEqualTo(Stage.OPEN);
        assertThat(Stage.of(listed, CLOSES.minusMillis(1))).isEqualTo(Stage.OPEN);
        assertThat(Stage.of(listed, CLOSES)).isEqualTo(Stage.CLOSED);
    }

    @Test
    void shouldBeOverWhenItIsClosedEarly() {
        assertThat(Stage.of(listed(ballot, true, true, null), OPENS)).isEqualTo(Stage.CLOSED);
    }

    @Test
    void shouldNotBeOpenWhereNoVoteIsTaken() {
        assertThat(Stage.of(listed(ballot, false, false, null), OPENS)).isEqualTo(Stage.PREPARING);
        Problem unserved = Problem.unserved("pepper-mismatch", "another pepper");
        assertThat(Stage.of(listed(ballot, true, false, unserved), OPENS)).isEqualTo(Stage.PREPARING);
        assertThat(Stage.of(listed(ballot, true, false, unserved), CLOSES)).isEqualTo(Stage.CLOSED);
    }

    static ListedBallot listed(Ballot ballot, boolean published, boolean closing, @Nullable Problem unserved) {
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
