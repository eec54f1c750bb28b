// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.streams.read.instances.InstanceKeys;
import java.util.List;
import org.apache.kafka.streams.state.HostInfo;
import org.junit.jupiter.api.Test;

final class AddressClaimsTest {
    private static final long SURE = AddressClaims.SURE_AFTER.toNanos();

    private final AddressClaims own = claims(8081);
    private final AddressClaims same = claims(8081);
    private final AddressClaims other = claims(8082);

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
        AddressClaims next = claims(8081);
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

    @Test
    void shouldTellTheKeysOfInstancesWithTheirAddresses() {
        List<String> members = List.of(
                member(own, 1),
                member(own, 2),
                member(other, 1),
                "votelog-streams.localhost_8083." + "0".repeat(32) + "-StreamThread-1-consumer",
                "votelog-streams-results.localhost_8083." + "A".repeat(43) + "-StreamThread-1-consumer",
                "votelog-streams-StreamThread-1");
        assertThat(own.keys(members))
                .containsOnlyKeys(key(own), key(other))
                .containsEntry(key(other), InstanceKeys.nameOf(new HostInfo("localhost", 8082)));
    }

    /** The part behind the last dot of the client id. */
    private static String key(AddressClaims instance) {
        String clientId = instance.clientId();
        return clientId.substring(clientId.lastIndexOf('.') + 1);
    }

    private static AddressClaims claims(int port) {
        return new AddressClaims("votelog-streams", new HostInfo("localhost", port), new InstanceKeys().key());
    }

    private static String member(AddressClaims instance, int thread) {
        return instance.clientId() + "-StreamThread-" + thread + "-consumer";
    }
}
