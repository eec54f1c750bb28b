// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import io.votelog.rules.Ballot;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Reads the body of a vote and holds it to the rules of its ballot. */
final class VoteForm {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final Ballot ballot;

    private record Body(@Nullable List<String> choices) {}

    VoteForm(Ballot ballot) {
        this.ballot = ballot;
    }

    /** Indexes of the options that it picks; null where it is no vote, or breaks a rule. */
    @Nullable
    List<Integer> options(byte[] body) {
        try {
            @Nullable Body read = JSON.readValue(body, Body.class);
            List<String> choices = read == null ? null : read.choices();
            return choices != null
                            && !choices.contains(null)
                            && ballot.check(choices).wellFormed()
                    ? choices.stream().map(ballot::optionIndex).toList()
                    : null;
        } catch (JacksonException e) {
            return null;
        }
    }
}
