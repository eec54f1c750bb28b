// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.doors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.infra.bench.load.Loopback;
import io.votelog.infra.bench.readers.StreamBytes;
import io.votelog.infra.bench.system.LargeBallot;
import io.votelog.infra.bench.workspace.BenchException;
import io.votelog.rules.Ballot;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class DoorsTest {
    private static final JsonMapper JSON = new JsonMapper();

    @Test
    void shouldOpenNoMoreConnectionsThanThereAreDescriptors() {
        assertThat(Descriptors.room(10_500, 20_000)).isEqualTo(10_500);
        assertThat(Descriptors.shortage(10_500, 20_000)).isEmpty();
        assertThat(Descriptors.room(10_500, 4_096)).isEqualTo(2_596);
        assertThat(Descriptors.shortage(10_500, 4_096))
                .contains("4,096")
                .contains("2,596 are opened")
                .contains("Raise it to 12,000");
        assertThat(Descriptors.room(10_500, 1_024)).isZero();
        assertThat(Descriptors.limit()).isPositive();
    }

    @Test
    void shouldGiveHonestClientsAddressesOfTheirOwn() {
        Set<InetAddress> addresses = new HashSet<>();
        IntStream.range(0, 62_500).mapToObj(Loopback::client).forEach(addresses::add);
        assertThat(addresses)
                .hasSize(62_500)
                .allMatch(InetAddress::isLoopbackAddress)
                .doesNotContain(Loopback.ATTACKER);
        assertThat(Loopback.client(62_500)).isEqualTo(Loopback.client(0));
        assertThat(Loopback.client(251).getHostAddress()).isEqualTo("127.1.1.2");
    }

    @Test
    void shouldSayHowTurnoutHasGrown() {
        String before = "{\"turnout\":{\"received\":10,\"accepted\":8,\"rejected\":2,\"retried\":0}}";
        String after = "{\"turnout\":{\"received\":1200,\"accepted\":9,\"rejected\":1191,\"retried\":0}}";
        assertThat(TurnoutAttack.grown(JSON.readTree(before), JSON.readTree(after)))
                .isEqualTo("received +1,190, accepted +1, rejected +1,189, retried +0");
    }

    @Test
    void shouldTellDocumentsByThoseWhoTakeThemApart() {
        // 2 of 100 readers saw 40 documents in 8,000 bytes; all together were sent 400,000.
        StreamBytes.Sent sent = StreamBytes.Sent.of("gzip", 400_000, 8_000, 40, 0);
        assertThat(sent.bytesEach()).isEqualTo(200);
        assertThat(sent.documents()).isEqualTo(2_000);
        assertThat(StreamBytes.Sent.of("none", 0, 0, 0, 1).documents()).isZero();
    }

    @Test
    void shouldMakeBallotsOfAnySizeThatIsAllowed() {
        for (int options : new int[] {1, 99, 100, 101, 1_000, 1_024}) {
            Ballot ballot = LargeBallot.of(options);
            assertThat(ballot.sections().stream()
                            .mapToInt(section -> section.options().size())
                            .sum())
                    .isEqualTo(options);
        }
        assertThatThrownBy(() -> LargeBallot.of(1_025)).isInstanceOf(BenchException.class);
    }
}
