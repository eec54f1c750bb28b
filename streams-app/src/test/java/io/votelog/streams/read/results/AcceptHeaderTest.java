// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.schemas.nist.ElectionReport;
import io.votelog.web.problem.ProblemException;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;

final class AcceptHeaderTest {
    @Test
    void shouldWriteWhatTheClientLikesBest() {
        assertThat(csv()).isFalse();
        assertThat(csv("")).isFalse();
        assertThat(csv("*/*")).isFalse();
        assertThat(csv("nonsense, text/csv, q=1")).isTrue();
        assertThat(csv("application/json;q=0.1", "text/csv")).isTrue();
        assertThat(csv("text/csv")).isTrue();
        assertThat(csv("text/csv, application/json")).isFalse();
        assertThat(csv("text/*;q=0.9, application/json;q=0.2")).isTrue();
        assertThat(csv("*/*, application/json;q=0.1")).isTrue();
        assertThat(csv("application/json;q=0.5, text/csv;q=0")).isFalse();
    }

    @Test
    void shouldWriteAnElectionReportForWhoeverLikesItBest() {
        assertThat(preferred(ElectionReport.MEDIA_TYPE)).isEqualTo(ResultsForm.NIST);
        assertThat(preferred(ElectionReport.MEDIA_TYPE.toUpperCase(Locale.ROOT)))
                .isEqualTo(ResultsForm.NIST);
        assertThat(preferred(ElectionReport.MEDIA_TYPE + ", application/json;q=0.9"))
                .isEqualTo(ResultsForm.NIST);
        assertThat(preferred(ElectionReport.MEDIA_TYPE + ", application/json")).isEqualTo(ResultsForm.JSON);
        assertThat(preferred(ElectionReport.MEDIA_TYPE + ";q=0.5, text/csv")).isEqualTo(ResultsForm.CSV);
        assertThat(preferred(ElectionReport.MEDIA_TYPE + ", */*;q=0.1")).isEqualTo(ResultsForm.NIST);
        assertThat(preferred("application/*")).isEqualTo(ResultsForm.JSON);
        assertThat(preferred("application/json;q=0.1, text/csv;q=0.1, */*")).isEqualTo(ResultsForm.NIST);
        assertThatThrownBy(() -> preferred(ElectionReport.MEDIA_TYPE + ";q=0")).isInstanceOf(ProblemException.class);
        assertThatThrownBy(() -> preferred("application/vnd.votelog.nist-sp-1500-100.v1+json"))
                .isInstanceOf(ProblemException.class);
    }

    @Test
    void shouldRefuseWhatIsNeither() {
        assertThatThrownBy(() -> csv("image/png")).isInstanceOf(ProblemException.class);
        assertThatThrownBy(() -> csv("text/csv;q=0")).isInstanceOf(ProblemException.class);
        assertThatThrownBy(() -> csv("nonsense")).isInstanceOf(ProblemException.class);
    }

    /** Every value of the header is read or refused by its name; other headers are read as they are. */
    @Test
    void shouldAnswerEveryHeaderOrRefuseIt() {
        Random random = new Random(20_261_128);
        String[] pieces = {
            "*",
            "/",
            ",",
            ";",
            "q=",
            "0.5",
            "text",
            "csv",
            "application/json",
            ElectionReport.MEDIA_TYPE,
            "\"",
            "'",
            "\\",
            " ",
            "=",
            "+",
            "é",
            "*/*",
            "q=2",
            "charset=",
            ";q=\"0\"",
            "-"
        };
        for (int i = 0; i < 20_000; i++) {
            List<String> accept = Stream.generate(() -> pieces[random.nextInt(pieces.length)])
                    .limit(random.nextInt(12))
                    .toList();
            String header = String.join("", accept);
            try {
                csv(header);
            } catch (ProblemException refused) {
                assertThat(refused.problem().status()).as(header).isIn(400, 406);
            }
        }
    }

    private static boolean csv(String... accept) {
        return preferred(accept) == ResultsForm.CSV;
    }

    private static ResultsForm preferred(String... accept) {
        HttpHeaders request = new HttpHeaders();
        for (String line : accept) {
            request.add(HttpHeaders.ACCEPT, line);
        }
        return AcceptHeader.preferred(request);
    }
}
