// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class AnnulmentTest {
    private static final UUID ID = new UUID(7, 7);
    private static final AcceptedVote ACCEPTED_AT_20 = new AcceptedVote(ID, 20, 1_000, Picks.of(0, 24));
    private static final Annulment AT_30 = new Annulment(30, 2_000, "fraud");

    @Test
    void shouldTakeTheAcceptedVoteOfThatIdOut() {
        assertThat(Annulment.takesEffect(ACCEPTED_AT_20, null, ID, 30)).isTrue();
        assertThat(Annulment.takesEffect(ACCEPTED_AT_20, null, new UUID(8, 8), 30))
                .isFalse();
        assertThat(Annulment.takesEffect(null, null, ID, 30)).isFalse();
    }

    @Test
    void shouldTakeAVoteOutOnce() {
        assertThat(Annulment.takesEffect(ACCEPTED_AT_20, AT_30, ID, 31)).isFalse();
    }

    @Test
    void shouldFindTheSameAgainFromStoresThatAreAhead() {
        assertThat(Annulment.takesEffect(ACCEPTED_AT_20, AT_30, ID, 30)).isTrue();
        assertThat(Annulment.takesEffect(ACCEPTED_AT_20, AT_30, ID, 19))
                .as("before the vote")
                .isFalse();
        assertThat(Annulment.takesEffect(ACCEPTED_AT_20, AT_30, ID, 20))
                .as("no two records stand in one place")
                .isFalse();
    }

    @Test
    void shouldNameTheFaultOfAReason() {
        assertThat(Annulment.faultOf("盗用账号, reported by the voter")).isEmpty();
        assertThat(Annulment.faultOf("𝄞".repeat(500))).isEmpty();
        assertThat(Annulment.faultOf(""))
                .hasValueSatisfying(fault -> assertThat(fault).startsWith("is empty"));
        assertThat(Annulment.faultOf("x".repeat(501))).contains("has 501 characters; at most 500 are allowed");
        for (String bad : new String[] {"a\nb", "\t", "\u0000", "\u007f", "\u0085", "\ud800"}) {
            assertThat(Annulment.faultOf(bad)).as(bad).hasValueSatisfying(fault -> assertThat(fault)
                    .contains("control character"));
        }
    }
}
