package io.votelog.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class AddressClaimsTest {
    private static final long SURE = AddressClaims.SURE_AFTER.toNanos();

    private final AddressClaims own = new AddressClaims("votelog-streams", "localhost:8081");
    private final AddressClaims same = new AddressClaims("votelog-streams", "localhost:8081");
    private final AddressClaims other = new AddressClaims("votelog-streams", "localhost:8082");

    @Test
    void shouldNoticeAnotherProcessOfTheSameAddressWhenItStays() {
        List<String> members = List.of(member(own, 1), member(own, 2), member(same, 1));
        assertThat(own.contested(members, 5)).isFalse();
        assertThat(own.contested(members, 5 + SURE - 1)).isFalse();
        assertThat(own.contested(members, 5 + SURE)).isTrue();
        assertThat(own.contested(List.of(member(own, 1)), 6 + SURE)).isFalse();
    }

    @Test
    void shouldNotTakeTheDeadForAnother() {
        AddressClaims next = new AddressClaims("votelog-streams", "localhost:8081");
        assertThat(own.contested(List.of(member(own, 1), member(same, 1)), 0)).isFalse();
        assertThat(own.contested(List.of(member(own, 1)), SURE / 2)).isFalse();
        assertThat(own.contested(List.of(member(own, 1), member(next, 1)), SURE))
                .isFalse();
    }

    @Test
    void shouldHaveNothingAgainstItselfAndOtherAddresses() {
        List<String> members =
                List.of(member(own, 1), member(own, 2), member(other, 1), "votelog-streams-StreamThread-1");
        assertThat(own.contested(members, 0)).isFalse();
        assertThat(own.contested(members, 2 * SURE)).isFalse();
    }

    private static String member(AddressClaims instance, int thread) {
        return instance.clientId() + "-StreamThread-" + thread + "-consumer";
    }
}
