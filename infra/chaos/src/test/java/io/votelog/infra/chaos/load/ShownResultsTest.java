// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ShownResultsTest {
    private static final ShownResults BEFORE = shown(10, 1, 7, 5, 3, "open");

    private static ShownResults shown(
            long version, long revision, long received, long accepted, long votes, String status) {
        return ShownResults.of(new JsonMapper()
                .readTree(
                        """
                {"version": %d, "revision": %d, "turnout": {"received": %d, "accepted": %d},
                 "sections": [{"options": [{"id": "a", "votes": %d}]}], "status": "%s"}
                """
                                .formatted(version, revision, received, accepted, votes, status)));
    }

    @Test
    void shouldLetFiguresStayOrGrow() {
        assertThat(BEFORE.wentBackFrom(BEFORE)).isNull();
        assertThat(shown(11, 1, 8, 6, 4, "closed").wentBackFrom(BEFORE)).isNull();
    }

    @Test
    void shouldFindEachFigureThatGoesBack() {
        assertThat(shown(9, 1, 7, 5, 3, "open").wentBackFrom(BEFORE)).contains("version 9-1 behind 10-1");
        assertThat(shown(11, 0, 7, 5, 3, "open").wentBackFrom(BEFORE)).contains("version 11-0 behind 10-1");
        assertThat(shown(11, 1, 6, 5, 3, "open").wentBackFrom(BEFORE)).contains("6 received");
        assertThat(shown(11, 1, 7, 4, 3, "open").wentBackFrom(BEFORE)).contains("4 accepted");
        assertThat(shown(11, 1, 7, 5, 2, "open").wentBackFrom(BEFORE)).contains("option a has 2 votes behind 3");
        ShownResults end = shown(10, 1, 7, 5, 3, "final");
        assertThat(BEFORE.wentBackFrom(end)).contains("open behind final");
    }

    @Test
    void shouldLetAnAnnulmentLowerVotesAndNothingElse() {
        assertThat(shown(10, 2, 7, 5, 2, "open").wentBackFrom(BEFORE)).isNull();
        assertThat(shown(10, 2, 7, 4, 2, "open").wentBackFrom(BEFORE)).contains("4 accepted");
    }
}
