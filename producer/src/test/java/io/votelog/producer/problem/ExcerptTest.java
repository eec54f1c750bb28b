// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.votelog.producer.ballots.StrictJsonObject;
import io.votelog.producer.http.QueryParameters;
import io.votelog.web.problem.ProblemException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An excerpt of what was sent can be written into an answer, and begins as what was sent. */
class ExcerptTest {
    @Test
    void shouldShowWholeCharacters() {
        assertThat(Excerpt.of("dryrun")).isEqualTo("dryrun");
        assertThat(Excerpt.of("x".repeat(40))).isEqualTo("x".repeat(40));
        assertThat(Excerpt.of("x".repeat(41))).isEqualTo("x".repeat(40) + "…");
        assertThat(Excerpt.of("x".repeat(39) + "😀")).isEqualTo("x".repeat(39) + "😀");
        assertThat(Excerpt.of("x".repeat(39) + "😀y")).isEqualTo("x".repeat(39) + "😀…");
        assertThat(Excerpt.of("a\ud83d\u202e\u0000\u2028\u2029\u200b\u0085b")).isEqualTo("a???????b");
    }

    /** All places that quote unknown text; a cut can fall between the halves of a surrogate pair. */
    @ParameterizedTest
    @ValueSource(ints = {38, 39, 40})
    void shouldQuoteNoHalfOfAPair(int before) {
        String name = "n".repeat(before) + "😀".repeat(3);
        String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8);
        assertQuoted(() -> QueryParameters.requireNone(encoded + "=1"));
        assertQuoted(() -> QueryParameters.flag(encoded, "dryRun"));
        assertQuoted(() -> QueryParameters.flag("dryRun=" + encoded, "dryRun"));
        byte[] object = "{\"%s\": 1}".formatted(name).getBytes(StandardCharsets.UTF_8);
        assertQuoted(() -> StrictJsonObject.read(object, "it must be: ", Set.of("reason")));
    }

    private static void assertQuoted(Runnable read) {
        ProblemException refused = catchThrowableOfType(ProblemException.class, read::run);
        assertThat(refused.problem().detail()).contains("n".repeat(38));
        assertThat(refused.problem().detail().codePoints())
                .noneMatch(c -> Character.getType(c) == Character.SURROGATE || c == '?');
        assertThat(refused.problem().json()).asString(StandardCharsets.UTF_8).contains("n".repeat(38));
    }
}
