// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.votelog.infra.bench.workspace.BenchException;
import io.votelog.infra.broker.Ports;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The stores count as a ballot box does. Each is skipped, with a line, where its server is not installed. */
class StoresTest {
    private static final int OPTIONS = 5;

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void shouldCountAVotersFirstVoteAndNoOther(StoreKind kind) throws Exception {
        int port = Ports.anyFree(Set.of());
        List<String> command = command(kind, port);
        Process server = new ProcessBuilder(command)
                .directory(Path.of("/").toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("server.log").toFile())
                .start();
        try {
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !Ports.free(port));
            try (VoteStore first = connected(kind, port, 0);
                    VoteStore last = connected(kind, port, kind.writers() - 1)) {
                first.prepare();
                assertThat(first.counts()).isEqualTo(new Counts(0, List.of(0L, 0L, 0L, 0L, 0L)));

                CastVote ada = CastVote.of("ada", List.of(0, 3));
                CastVote adaAgain = CastVote.of("ada", List.of(1));
                CastVote bob = CastVote.of("bob", List.of(3, 4));
                first.cast(List.of(bob, ada, adaAgain));
                assertThat(counted(ada)).isTrue();
                assertThat(counted(bob)).isTrue();
                assertThat(counted(adaAgain)).isFalse();

                CastVote adaLater = CastVote.of("ada", List.of(2));
                CastVote eve = CastVote.of("eve, \"{\\", List.of(4));
                last.cast(List.of(adaLater, eve));
                assertThat(counted(adaLater)).isFalse();
                assertThat(counted(eve)).isTrue();

                assertThat(last.counts()).isEqualTo(new Counts(3, List.of(1L, 0L, 0L, 2L, 2L)));
            }
        } finally {
            server.destroy();
            if (!server.waitFor(20, TimeUnit.SECONDS)) {
                server.destroyForcibly().waitFor();
            }
        }
    }

    private List<String> command(StoreKind kind, int port) {
        try {
            return StoreProcess.command(kind, folder, port);
        } catch (BenchException e) {
            System.out.println("skipped: " + e.getMessage());
            assumeTrue(false, e.getMessage());
            throw e;
        }
    }

    /** PostgreSQL listens before it takes connections. */
    private static VoteStore connected(StoreKind kind, int port, int writer) {
        Supplier<VoteStore> connect = () -> kind.connect(port, writer, OPTIONS);
        return Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(connect::get, store -> true);
    }

    private static boolean counted(CastVote vote) throws Exception {
        return vote.counted().get(10, TimeUnit.SECONDS);
    }
}
