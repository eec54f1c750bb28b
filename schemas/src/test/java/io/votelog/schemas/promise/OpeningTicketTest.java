// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.promise;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.schemas.Pseudonym;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The bytes of tickets: gateways and sealers may be of different builds. */
class OpeningTicketTest {
    private static final OpeningTicket TICKET =
            new OpeningTicket("gz-customs-2021", Pseudonym.of(new byte[16]), 1_638_666_123_004L);

    private static final OpeningTicket.Signed SIGNED =
            new OpeningTicket.Signed(TICKET, new byte[64], new byte[] {1, 2, 3});

    @Test
    void shouldBeSignedInBytesThatNeverChange() {
        assertThat(HexFormat.of().formatHex(TICKET.bytes()))
                .isEqualTo(
                        "766f74656c6f67206f70656e696e672076310a" // "votelog opening v1" and a line feed
                                + "0".repeat(32)
                                + "0000017d881cb6fc"
                                + "677a2d637573746f6d732d32303231"); // "gz-customs-2021"
    }

    @Test
    void shouldBeReadAsItWasWritten() {
        OpeningTicket.Signed read = OpeningTicket.Signed.parse(SIGNED.text()).orElseThrow();
        assertThat(read.ticket()).isEqualTo(TICKET);
        assertThat(read.signature()).isEqualTo(SIGNED.signature());
        assertThat(read.keyRecord()).isEqualTo(SIGNED.keyRecord());
    }

    /** What is read is written in the same way again, so no two texts are one ticket. */
    @Test
    void shouldTakeNothingElseForATicket() {
        for (String none : new String[] {
            "", ".", "..", "a.b.c", SIGNED.text() + ".", SIGNED.text().replace('.', ','), "x".repeat(5_000)
        }) {
            assertThat(OpeningTicket.Signed.parse(none)).as(none).isEmpty();
        }
        Random random = new Random(7);
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=";
        for (int round = 0; round < 5_000; round++) {
            StringBuilder text = new StringBuilder(SIGNED.text());
            text.setCharAt(random.nextInt(text.length()), alphabet.charAt(random.nextInt(alphabet.length())));
            String changed = text.toString();
            assertThat(OpeningTicket.Signed.parse(changed).map(OpeningTicket.Signed::text))
                    .as(changed)
                    .isIn(Optional.empty(), Optional.of(changed));
        }
    }
}
