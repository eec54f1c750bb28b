// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.instances;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.web.limits.IpAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.state.HostInfo;
import org.junit.jupiter.api.Test;

/** An instance is believed about the client for which it asks; nobody else is, wherever either connects from. */
final class InstanceKeysTest {
    private static final HostInfo ONE_HOST = new HostInfo("localhost", 8081);
    private static final HostInfo OTHER_HOST = new HostInfo("localhost", 8082);
    private static final URI REQUEST = URI.create("http://localhost:8082/v1/ballots/b/receipts/r?offset=7");
    private static final IpAddress CLIENT = Objects.requireNonNull(IpAddress.parse("203.0.113.7"));

    private final InstanceKeys one = new InstanceKeys();
    private final InstanceKeys other = new InstanceKeys();

    @Test
    void shouldBelieveAnInstanceThatIsAMember() {
        meet(0);
        for (String text : List.of("203.0.113.7", "2001:db8::1", "ffff:0:1:0:0:0:0:8")) {
            IpAddress client = Objects.requireNonNull(IpAddress.parse(text));
            String introduction = one.introduction(OTHER_HOST, client, REQUEST).orElseThrow();
            // The receiver may be reached under another name.
            assertThat(other.introduced(introduction, URI.create("/v1/ballots/b/receipts/r?offset=7")))
                    .hasValue(client);
        }
    }

    @Test
    void shouldBelieveNobodyElse() {
        meet(0);
        InstanceKeys stranger = new InstanceKeys();
        stranger.noteMembers(Map.of(other.key(), InstanceKeys.nameOf(OTHER_HOST)), 0);
        String strangers = stranger.introduction(OTHER_HOST, CLIENT, REQUEST).orElseThrow();
        String genuine = one.introduction(OTHER_HOST, CLIENT, REQUEST).orElseThrow();
        String proof = genuine.substring(genuine.lastIndexOf(' ') + 1);
        assertThat(other.introduced(genuine, REQUEST)).isPresent();
        for (String forged : List.of(
                strangers,
                strangers.replace(stranger.key(), one.key()),
                genuine.replace("203.0.113.7", "203.0.113.8"),
                genuine.replace(proof, "A".repeat(proof.length())),
                "203.0.113.7 " + other.key() + " " + proof,
                "203.0.113.7",
                "203.0.113.7  ",
                "",
                genuine + " ",
                "x".repeat(5_000))) {
            assertThat(other.introduced(forged, REQUEST)).as(forged).isEmpty();
        }
        assertThat(other.introduced((String) null, REQUEST)).isEmpty();
        // An introduction for one request to one instance holds for no other.
        assertThat(other.introduced(genuine, URI.create("/v1/ballots/b/receipts/r?offset=8")))
                .isEmpty();
        assertThat(one.introduced(genuine, REQUEST)).isEmpty();
    }

    @Test
    void shouldForgetWhoIsNoMemberAnyMore() {
        meet(0);
        String introduction = one.introduction(OTHER_HOST, CLIENT, REQUEST).orElseThrow();
        other.noteMembers(Map.of(), TimeUnit.SECONDS.toNanos(60));
        assertThat(other.introduced(introduction, REQUEST)).isPresent();
        other.noteMembers(Map.of(), TimeUnit.SECONDS.toNanos(61));
        assertThat(other.introduced(introduction, REQUEST)).isEmpty();
        assertThat(one.introduction(ONE_HOST, CLIENT, REQUEST)).isEmpty();
    }

    @Test
    void shouldIntroduceItselfToTheOneThatHasTheAddressNow() {
        InstanceKeys before = new InstanceKeys();
        one.noteMembers(Map.of(before.key(), InstanceKeys.nameOf(OTHER_HOST)), 0);
        meet(1);
        String introduction = one.introduction(OTHER_HOST, CLIENT, REQUEST).orElseThrow();
        assertThat(other.introduced(introduction, REQUEST)).hasValue(CLIENT);
    }

    @Test
    void shouldStandWhatIsNoKey() {
        one.noteMembers(Map.of("A".repeat(43), "x", "-".repeat(43), "y", "short", "z"), 0);
        assertThat(one.introduction(OTHER_HOST, CLIENT, REQUEST)).isEmpty();
    }

    private void meet(long nanos) {
        Map<String, String> members =
                Map.of(one.key(), InstanceKeys.nameOf(ONE_HOST), other.key(), InstanceKeys.nameOf(OTHER_HOST));
        one.noteMembers(members, nanos);
        other.noteMembers(members, nanos);
    }
}
