package io.votelog.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.rules.AcceptedVote;
import io.votelog.rules.Annulment;
import io.votelog.rules.Picks;
import io.votelog.rules.Reason;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class VoterRowTest {
    private static final AcceptedVote ACCEPTED = new AcceptedVote(new UUID(1, 2), 7, 1_000, Picks.of(0, 65));
    private static final VoterRow.Refused REFUSED =
            new VoterRow.Refused(new UUID(3, 4), 9, 1_100, Reason.ALREADY_VOTED);
    private static final Annulment ANNULLED = new Annulment(11, 1_200, "盗用账号");

    /** As builds before annulments wrote it, and builds of now still do. */
    private static final String VERSION_1 = "0103"
            + "00000000000000010000000000000002" + "0000000000000007" + "00000000000003e8"
            + "02" + "0000000000000001" + "0000000000000002"
            + "00000000000000030000000000000004" + "0000000000000009" + "000000000000044c"
            + "0d" + "414c52454144595f564f544544";

    @Test
    void shouldReadBackWhatItWrote() {
        for (VoterRow row : new VoterRow[] {
            VoterRow.NEW,
            new VoterRow(ACCEPTED, null, null),
            new VoterRow(null, REFUSED, null),
            new VoterRow(ACCEPTED, REFUSED, ANNULLED),
            new VoterRow(ACCEPTED, null, ANNULLED)
        }) {
            assertThat(VoterRow.decode(row.encode())).isEqualTo(row);
        }
        assertThat(VoterRow.decode(null)).isEqualTo(VoterRow.NEW);
    }

    @Test
    void shouldKeepTheFormOfRowsWithoutAnAnnulment() {
        VoterRow row = new VoterRow(ACCEPTED, REFUSED, null);
        assertThat(HexFormat.of().formatHex(row.encode())).isEqualTo(VERSION_1);
        assertThat(VoterRow.decode(HexFormat.of().parseHex(VERSION_1))).isEqualTo(row);
    }

    @Test
    void shouldReadNoRowOfAVersionThatIsNotKnown() {
        byte[] newer = new VoterRow(ACCEPTED, REFUSED, ANNULLED).encode();
        assertThat(newer[0]).isEqualTo((byte) 2);
        newer[0] = 3;
        assertThatThrownBy(() -> VoterRow.decode(newer)).hasMessageContaining("version 3");
    }
}
