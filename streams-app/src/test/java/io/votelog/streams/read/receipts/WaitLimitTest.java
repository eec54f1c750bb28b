// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.votelog.web.limits.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * One address may have no more waits at other instances than here; a client beyond the limit is answered at once, and counted.
 */
final class WaitLimitTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final WaitLimit waits = new WaitLimit(10, 4, 3, meters);
    private final Sinks.Empty<String> verdict = Sinks.empty();
    private final List<String> answers = new ArrayList<>();

    @Test
    void shouldCountWaitsElsewhereForTheAddress() {
        ask("203.0.113.1", false);
        ask("203.0.113.1", true);
        ask("203.0.113.1", true);
        assertThat(answers).isEmpty();
        ask("203.0.113.1", true);
        ask("203.0.113.1", false);
        assertThat(answers).containsExactly("at once", "at once");
        ask("203.0.113.2", true);
        assertThat(answers).hasSize(2);
        assertThat(limited()).isEqualTo(2);
        assertThat(waiting()).isEqualTo(4);
    }

    @Test
    void shouldNotWaitElsewhereMoreOftenThanThereAreConnections() {
        ask("203.0.113.1", true);
        ask("203.0.113.1", true);
        ask("203.0.113.2", true);
        ask("203.0.113.2", true);
        assertThat(answers).isEmpty();
        ask("203.0.113.3", true);
        assertThat(answers).containsExactly("at once");
        ask("203.0.113.3", false);
        assertThat(answers).hasSize(1);
        assertThat(limited()).isEqualTo(1);
        verdict.tryEmitEmpty().orThrow();
        assertThat(waiting()).isZero();
        assertThat(waits.waitElsewhere(null, Mono.just("verdict"), Mono.just("at once"))
                        .block())
                .isEqualTo("verdict");
    }

    private void ask(String client, boolean elsewhere) {
        IpAddress address = Objects.requireNonNull(IpAddress.parse(client));
        Mono<String> atOnce = Mono.just("at once");
        (elsewhere
                        ? waits.waitElsewhere(address, verdict.asMono(), atOnce)
                        : waits.wait(address, verdict.asMono(), atOnce))
                .subscribe(answers::add);
    }

    private double limited() {
        return meters.get("votelog.requests.limited").functionCounter().count();
    }

    private double waiting() {
        return meters.get("votelog.receipts.waiting").gauge().value();
    }
}
