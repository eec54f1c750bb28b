package io.votelog.streams.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class AcceptableTest {
    @Test
    void shouldWriteWhatTheClientLikesBest() {
        assertThat(Acceptable.csv(null)).isFalse();
        assertThat(Acceptable.csv(List.of("*/*"))).isFalse();
        assertThat(Acceptable.csv(List.of("text/csv"))).isTrue();
        assertThat(Acceptable.csv(List.of("text/csv, application/json"))).isFalse();
        assertThat(Acceptable.csv(List.of("text/*;q=0.9, application/json;q=0.2")))
                .isTrue();
        assertThat(Acceptable.csv(List.of("*/*, application/json;q=0.1"))).isTrue();
        assertThat(Acceptable.csv(List.of("application/json;q=0.5, text/csv;q=0")))
                .isFalse();
    }

    @Test
    void shouldRefuseWhatIsNeither() {
        assertThatThrownBy(() -> Acceptable.csv(List.of("image/png"))).isInstanceOf(ProblemException.class);
        assertThatThrownBy(() -> Acceptable.csv(List.of("text/csv;q=0"))).isInstanceOf(ProblemException.class);
        assertThatThrownBy(() -> Acceptable.csv(List.of("nonsense"))).isInstanceOf(ProblemException.class);
    }
}
