// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;

final class ResultsTagTest {
    private static final ResultsTag TAG = new ResultsTag(120, 2, BallotPhase.OPEN, 0, true);

    @Test
    void shouldTellRepresentationsApart() {
        assertThat(TAG.text("")).isEqualTo("120-2-open-0");
        assertThat(TAG.text("-csv-en")).isEqualTo("120-2-open-0-csv-en");
    }

    @Test
    void shouldTellWhatStandsStillFromWhatGoesOn() {
        ResultsTag still = new ResultsTag(120, 2, BallotPhase.OPEN, 0, false);
        assertThat(still.text("-csv")).isEqualTo("120-2-open-0-still-csv");
        assertThat(known("\"120-2-open-0\"").isAheadOf(still)).isFalse();
        assertThat(known("\"121-2-open-0-still\"").isAheadOf(TAG)).isTrue();
    }

    @Test
    void shouldSeeThatAClientIsAhead() {
        assertThat(known("\"121-2-open-0\"").isAheadOf(TAG)).isTrue();
        assertThat(known("\"119-3-open-0-csv-en\"").isAheadOf(TAG)).isTrue();
        assertThat(known("\"121-2-open-0-gzip\"").isAheadOf(TAG)).isTrue();
        assertThat(known("W/\"121-2-open-0-still-file-zh-gzip\"").isAheadOf(TAG))
                .isTrue();
        assertThat(known("\"120-2-open-0-gzip\"").isAheadOf(TAG)).isFalse();
        assertThat(known("\"120-2-open-1\"").isAheadOf(TAG)).isTrue();
        assertThat(known("\"120-2-final-0\"").isAheadOf(TAG)).isTrue();
        assertThat(known("\"120-2-closed-0\"").isAheadOf(TAG)).isFalse();
        assertThat(known("\"119-2-open-0\"").isAheadOf(TAG)).isFalse();
    }

    @Test
    void shouldTakeForeignTagsForNoVersion() {
        for (String foreign :
                new String[] {"", "x", "\"\"", "\"abc\"", "\"99999999999999999999-0-open-0\"", "120", "*"}) {
            assertThat(known(foreign).isAheadOf(TAG)).as(foreign).isFalse();
        }
    }

    private static ResultsTag.Known known(@Nullable String ifNoneMatch) {
        HttpHeaders request = new HttpHeaders();
        if (ifNoneMatch != null) {
            request.set(HttpHeaders.IF_NONE_MATCH, ifNoneMatch);
        }
        return ResultsTag.Known.of(request);
    }
}
