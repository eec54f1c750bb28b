// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.bench.voters.DrawnVotes;
import io.votelog.infra.system.BallotSource;
import io.votelog.rules.Ballot;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VoteFormTest {
    private static final Ballot SEED = BallotSource.seed(Path.of("../..")).ballot();

    private final VoteForm form = new VoteForm(SEED);

    @Test
    void shouldReadTheOptionsOfAVote() {
        List<String> choices = new DrawnVotes(SEED, 7).of(0);

        assertThat(form.options(bytes("{\"choices\":[\"" + String.join("\",\"", choices) + "\"]}")))
                .isEqualTo(choices.stream().map(SEED::optionIndex).toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"choices\":null}",
                "{\"choices\":[]}",
                "{\"choices\":[null]}",
                "{\"choices\":[\"no such option\"]}",
                "{\"choices\":[\"01\"],\"voter\":\"ada\"}",
                "{\"choices\":[\"01\""
            })
    void shouldRefuseWhatIsNoVoteOfTheBallot(String body) {
        assertThat(form.options(bytes(body))).isNull();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
