// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpServer;
import io.votelog.auditor.TestLog;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.seal.TestSealedLog;
import io.votelog.auditor.tlog.tiles.FolderTiles;
import io.votelog.events.VoteCast;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sealed log that is published, and somebody who looks at it again and again. */
class SeenOverHttpTest {
    @TempDir
    private Path dir;

    private final TestLog log = new TestLog();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Integer> asked = new ConcurrentHashMap<>();
    private HttpServer server;
    private TestSealedLog sealed;
    private String address;
    private Path state;

    @BeforeEach
    void start() throws IOException {
        Path folder = dir.resolve("sealed");
        state = dir.resolve("seen.json");
        log.publish(TestLog.fruits());
        cast(0, 3_000);
        sealed = new TestSealedLog(folder, log).seal();
        sealed.sign(TestSealedLog.KEY);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath().substring(1);
            asked.merge(path, 1, Integer::sum);
            byte[] file = new FolderTiles(folder).read(path);
            exchange.sendResponseHeaders(file == null ? 404 : 200, file == null ? -1 : file.length);
            if (file != null) {
                exchange.getResponseBody().write(file);
            }
            exchange.close();
        });
        server.start();
        address = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void cast(int from, int to) {
        for (int voter = from; voter < to; voter++) {
            log.vote(voter, voter, "a1", "b1");
        }
    }

    private Report look(boolean withLog) {
        asked.clear();
        SealedLogKey key = TestSealedLog.KEY.publicKey();
        return new SealedLogAudit(
                        address,
                        key,
                        Optional.empty(),
                        new SeenCheckpoints(state, key),
                        new SealedRecordsCheck.Bounds(null, Instant.parse("2021-12-05T02:00:00Z")),
                        new Progress(new PrintStream(PrintStream.nullOutputStream(), true), false, false))
                .run(withLog ? log : null, withLog ? TestLog.keys() : null);
    }

    @Test
    void shouldAskForEachFileOnce() {
        Report report = look(true);
        assertThat(report.exitCode()).isEqualTo(Report.INCOMPLETE);
        assertThat(asked.values()).containsOnly(1);
        // Of each tree 12 tiles and bundles, one tile above, and the checkpoint.
        assertThat(asked).hasSize(2 * (12 + 12 + 1 + 1));
    }

    @Test
    void shouldGoOnFromWhatWasSeen() {
        assertThat(look(false).exitCode()).isEqualTo(Report.INCOMPLETE);
        int whole = asked.size();

        Report again = look(false);
        assertThat(again.exitCode()).as(again.steps().toString()).isEqualTo(Report.PASSED);
        assertThat(asked.size()).isLessThan(whole / 4);

        cast(3_000, 3_300);
        sealed.seal().sign(TestSealedLog.KEY);
        Report grown = look(false);
        assertThat(grown.exitCode()).as(grown.steps().toString()).isEqualTo(Report.PASSED);
        assertThat(grown.steps())
                .anyMatch(step -> step.detail().contains("the first 3,003 leaves were looked at before"));
        assertThat(asked.keySet()).noneMatch(path -> path.endsWith("tile/entries/003"));
        assertThat(asked.size()).isLessThan(whole / 2);
        // And what is held against the log itself is held from the first leaf on.
        assertThat(look(true).exitCode()).isEqualTo(Report.PASSED);
        assertThat(asked.keySet()).anyMatch(path -> path.endsWith("tile/entries/003"));
    }

    /** It was not fetched, so the proof that the log goes on is what finds it. */
    @Test
    void shouldFindAChangeInWhatWasSeen() throws Exception {
        look(false);
        log.change(0, 9, vote -> VoteCast.newBuilder(vote)
                .setChoices(List.of("a3", "b1"))
                .build());
        cast(3_000, 3_300);
        new TestSealedLog(dir.resolve("sealed"), log).seal().sign(TestSealedLog.KEY);

        Report report = look(false);
        assertThat(report.exitCode()).isEqualTo(Report.MISMATCH);
        assertThat(report.steps()).anyMatch(step -> step.detail().contains("its history was changed"));
    }

    @Test
    void shouldAccuseNobodyByADamagedFile() throws Exception {
        look(false);
        String kept = Files.readString(state);
        Files.writeString(state, kept.replaceAll("\"ends\" : 0", "\"ends\" : 7"));
        assertThat(Files.readString(state)).isNotEqualTo(kept);
        Throwable refused = catchThrowable(() -> look(false));
        assertThat(refused).isInstanceOf(AuditException.class).hasMessageContaining("it is damaged");

        // As it was kept before there was more in it than checkpoints.
        Files.writeString(state, kept.replaceAll(",\\s*\"checked\"[^}]*}", ""));
        assertThat(Files.readString(state)).doesNotContain("checked");
        assertThat(look(false).exitCode()).isEqualTo(Report.PASSED);
        assertThat(asked.keySet()).anyMatch(path -> path.endsWith("tile/entries/003"));
    }
}
