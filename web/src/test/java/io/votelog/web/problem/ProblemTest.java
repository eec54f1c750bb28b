// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProblemTest {
    @Test
    void shouldBeTheDocumentOfRfc9457() {
        Problem problem = ProblemType.UNKNOWN_BALLOT.because("no ballot has the id \"fruits\"");
        assertThat(json(problem))
                .isEqualTo("{\"type\":\"urn:votelog:problem:unknown-ballot\",\"title\":\"There is no such ballot\","
                        + "\"status\":404,\"detail\":\"no ballot has the id \\\"fruits\\\"\"}");
        assertThat(problem.headers()).isEmpty();
        assertThat(problem.exception().problem()).isSameAs(problem);
        assertThat(problem.exception()).hasMessage("unknown-ballot: no ballot has the id \"fruits\"");
        assertThat(problem.exception().getStackTrace()).isEmpty();
    }

    @Test
    void shouldHaveNoDetailWhereNothingIsToBeSaid() {
        assertThat(json(ProblemType.NOT_FOUND.because(null)))
                .isEqualTo(
                        "{\"type\":\"urn:votelog:problem:not-found\",\"title\":\"There is nothing here\",\"status\":404}");
    }

    @Test
    void shouldHaveFurtherMembersInTheirOrderAndHeaders() {
        Problem plain = ProblemType.TOO_MANY_REQUESTS.because("é");
        Problem problem = plain.with("z", 1)
                .with("a", Map.of("b", "c"))
                .header("X", "1")
                .headers(Map.of("A", "2", "X", "3"))
                .retryAfter(7);
        assertThat(json(problem)).endsWith(",\"detail\":\"é\",\"z\":1,\"a\":{\"b\":\"c\"}}");
        assertThat(problem.headers()).isEqualTo(Map.of("A", "2", "Retry-After", "7", "X", "3"));
        assertThat(plain.more()).isEmpty();
        assertThat(plain.headers()).isEmpty();
    }

    @Test
    void shouldCallWhatHasNoCodeOfItsOwnMalformed() {
        assertThat(ProblemType.ofStatus(404)).isSameAs(ProblemType.NOT_FOUND);
        assertThat(ProblemType.ofStatus(418))
                .isEqualTo(new ProblemType("malformed-request", 418, "The request is malformed"));
        assertThat(ProblemType.ofStatus(400)).isEqualTo(ProblemType.MALFORMED_REQUEST);
    }

    private static String json(Problem problem) {
        return new String(problem.json(), StandardCharsets.UTF_8);
    }
}
