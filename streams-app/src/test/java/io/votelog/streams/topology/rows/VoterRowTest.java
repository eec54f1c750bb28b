// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.rules.AcceptedVote;
import io.votelog.rules.Annulment;
import io.votelog.rules.Picks;
import io.votelog.rules.Reason;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VoterRowTest {
    private static final AcceptedVote ACCEPTED = new AcceptedVote(new UUID(1, 2), 7, 1_000, Picks.of(0, 65));
    private static final VoterRow.Refused REFUSED =
            new VoterRow.Refused(new UUID(3, 4), 9, 1_100, Reason.ALREADY_VOTED);
    private static final Annulment ANNULLED = new Annulment(11, 1_200, "盗用账号");

    /** A row as builds before annulments wrote it. */
    private static final String VERSION_1 = "0103"
            + "00000000000000010000000000000002" + "0000000000000007" + "00000000000003e8"
            + "02" + "0000000000000001" + "0000000000000002"
            + "00000000000000030000000000000004" + "0000000000000009" + "000000000000044c"
            + "0d" + "414c52454144595f564f544544";

    /** A row as builds before refused attempts were numbered wrote it. */
    private static final String VERSION_2 =
            "0207" + VERSION_1.substring(4) + "000000000000000b" + "00000000000004b0" + "e79b97e794a8e8b4a6e58fb7";

    /** A row as every build writes it. */
    private static final String VERSION_1_WITHOUT_REFUSED = "0101"
            + "00000000000000010000000000000002" + "0000000000000007" + "00000000000003e8"
            + "02" + "0000000000000001" + "0000000000000002";

    @Test
    void shouldReadBackWhatItWrote() {
        for (VoterRow row : new VoterRow[] {
            VoterRow.NEW,
            new VoterRow(ACCEPTED, List.of(), false, null),
            new VoterRow(null, List.of(REFUSED), false, null),
            new VoterRow(null, List.of(REFUSED), true, null),
            new VoterRow(ACCEPTED, List.of(REFUSED, attempt(5, 10), attempt(6, 12)), false, ANNULLED),
            new VoterRow(ACCEPTED, List.of(), false, ANNULLED)
        }) {
            assertThat(VoterRow.decode(row.encode())).isEqualTo(row);
        }
        assertThat(VoterRow.decode(null)).isEqualTo(VoterRow.NEW);
    }

    @Test
    void shouldReadRowsOfOlderBuildsWhichForgotAllRefusedAttemptsButTheLast() {
        assertThat(VoterRow.decode(HexFormat.of().parseHex(VERSION_1)))
                .isEqualTo(new VoterRow(ACCEPTED, List.of(REFUSED), true, null));
        assertThat(VoterRow.decode(HexFormat.of().parseHex(VERSION_2)))
                .isEqualTo(new VoterRow(ACCEPTED, List.of(REFUSED), true, ANNULLED));
    }

    @Test
    void shouldKeepTheFormOfRowsWithoutRefusedAttempts() {
        VoterRow row = new VoterRow(ACCEPTED, List.of(), false, null);
        assertThat(HexFormat.of().formatHex(row.encode())).isEqualTo(VERSION_1_WITHOUT_REFUSED);
        assertThat(VoterRow.decode(HexFormat.of().parseHex(VERSION_1_WITHOUT_REFUSED)))
                .isEqualTo(row);
        assertThat(new VoterRow(ACCEPTED, List.of(), false, ANNULLED).encode()[0])
                .isEqualTo((byte) 2);
    }

    @Test
    void shouldRememberTheLatestAttemptOfEachOfTheLatestVoteIds() {
        VoterRow row = VoterRow.NEW;
        for (int n = 0; n < VoterRow.MAX_REFUSED; n++) {
            row = row.withRefused(attempt(n, 100 + n));
        }
        row = row.withRefused(attempt(0, 200));
        assertThat(row.forgotten()).isFalse();
        assertThat(row.refused()).hasSize(VoterRow.MAX_REFUSED);
        assertThat(row.refused(new UUID(9, 0))).isEqualTo(attempt(0, 200));
        assertThat(row.latestRefused()).isEqualTo(attempt(0, 200));

        // The oldest attempt makes room, and the row shows that one was forgotten.
        row = row.withRefused(attempt(50, 201));
        assertThat(row.forgotten()).isTrue();
        assertThat(row.refused(new UUID(9, 1))).isNull();
        assertThat(row.refused(new UUID(9, 2))).isEqualTo(attempt(2, 102));
        assertThat(row.refused()).hasSize(VoterRow.MAX_REFUSED);
    }

    @Test
    void shouldBeBoundedHoweverManyAttemptsAreMade() {
        VoterRow row = new VoterRow(
                new AcceptedVote(
                        new UUID(1, 2),
                        7,
                        1_000,
                        Picks.of(IntStream.range(0, 1_024).toArray())),
                List.of(),
                false,
                new Annulment(11, 1_200, "\uD83D\uDE00".repeat(Annulment.MAX_REASON)));
        for (int n = 0; n < 10_000; n++) {
            row = row.withRefused(attempt(n, 100 + n));
        }
        assertThat(row.encode().length).isLessThan(3_000);
        assertThat(VoterRow.decode(row.encode())).isEqualTo(row);
    }

    private static VoterRow.Refused attempt(int id, long offset) {
        return new VoterRow.Refused(new UUID(9, id), offset, 1_000 + offset, Reason.SECTION_TOO_MANY);
    }

    @Test
    void shouldReadNoRowOfAVersionThatIsNotKnown() {
        byte[] newer = new VoterRow(ACCEPTED, List.of(REFUSED), false, ANNULLED).encode();
        assertThat(newer[0]).isEqualTo((byte) 3);
        newer[0] = 4;
        assertThatThrownBy(() -> VoterRow.decode(newer)).hasMessageContaining("version 4");
    }
}
