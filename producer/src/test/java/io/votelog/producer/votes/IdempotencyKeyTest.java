// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.web.problem.ProblemException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyKeyTest {
    private static final String ID = "123e4567-e89b-42d3-a456-426614174000";

    @ParameterizedTest
    @ValueSource(strings = {ID, "\"" + ID + "\"", " " + ID + " ", "123E4567-E89B-42D3-A456-426614174000"})
    void shouldReadAUuid(String value) {
        assertThat(IdempotencyKey.read(List.of(value))).isEqualTo(UUID.fromString(ID));
    }

    @Test
    void shouldBeNothingWhenThereIsNone() {
        assertThat(IdempotencyKey.read(List.of())).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\"\"",
                "1-2-3-4-5",
                "\"" + ID,
                ID + "\"",
                "'" + ID + "'",
                ID + ";a=1",
                ID + "," + ID,
                "{" + ID + "}",
                "123e4567e89b42d3a456426614174000"
            })
    void shouldRefuseAnythingElse(String value) {
        assertThatThrownBy(() -> IdempotencyKey.read(List.of(value)))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        refused -> assertThat(refused.problem().status()).isEqualTo(400));
    }

    @Test
    void shouldRefuseTwo() {
        assertThatThrownBy(() -> IdempotencyKey.read(List.of(ID, ID))).isInstanceOf(ProblemException.class);
    }
}
