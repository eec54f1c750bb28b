// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.Cosigner;
import io.votelog.auditor.tlog.Policy;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.tiles.TileWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A slow, a failing and a quick witness, and what readers are shown in the meantime. */
@Timeout(60)
class WitnessesTest {
    private static final SealingKey KEY = SealingKey.generate("example.org/votelog");
    private static final Witnesses.Patience PATIENT =
            new Witnesses.Patience(Duration.ofSeconds(20), Duration.ofMillis(20));

    @TempDir
    private Path log;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch slow = new CountDownLatch(1);
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final Map<SealedLog, TileWriter> trees = new EnumMap<>(SealedLog.class);
    private final Cosigner quick = new Cosigner("witness.example/quick");
    private final Cosigner late = new Cosigner("witness.example/slow");
    private HttpServer server;
    private String url;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/quick/add-checkpoint", exchange -> cosign(exchange, quick));
        server.createContext("/slow/add-checkpoint", exchange -> {
            try {
                slow.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            cosign(exchange, late);
        });
        server.start();
        url = "http://127.0.0.1:" + server.getAddress().getPort();
        for (SealedLog tree : SealedLog.values()) {
            trees.put(tree, TileWriter.open(tree.folder(log), 0));
        }
    }

    @AfterEach
    void stop() {
        slow.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void cosign(HttpExchange exchange, Cosigner key) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        if (key == quick) {
            asked.incrementAndGet();
        }
        if (key == quick && failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            exchange.sendResponseHeaders(500, -1);
            exchange.close();
            return;
        }
        SignedNote note =
                SignedNote.parse(body.substring(body.indexOf("\n\n") + 2).getBytes(StandardCharsets.UTF_8));
        byte[] line = (key.cosign(note.text(), Instant.now().getEpochSecond()) + "\n").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, line.length);
        exchange.getResponseBody().write(line);
        exchange.close();
    }

    private Witnesses witnesses(String quorum, Witnesses.Patience patience) {
        Policy policy = Policy.parse(
                "witness quick %s %s/quick\nwitness slow %s %s/slow\ngroup both all quick slow\nquorum %s\n"
                        .formatted(quick.vkey(), url, late.vkey(), url, quorum)
                        .getBytes(StandardCharsets.UTF_8));
        return new Witnesses(policy, log, new PrintStream(said, true, StandardCharsets.UTF_8), patience);
    }

    /** Both trees with some leaves more, signed. */
    private SignedNote[] grow() {
        SignedNote[] notes = new SignedNote[2];
        for (SealedLog tree : SealedLog.values()) {
            TileWriter writer = trees.get(tree);
            writer.append(("leaf " + writer.size()).getBytes(StandardCharsets.US_ASCII));
            byte[] root = writer.flush();
            String text = new Checkpoint(KEY.of(tree).verifier().name(), writer.size(), root).text();
            notes[tree.ordinal()] =
                    new SignedNote(text, List.of()).with(KEY.of(tree).sign(text));
        }
        return notes;
    }

    private SignedNote shown(SealedLog tree) {
        return new CheckpointFile(tree.folder(log)).shown();
    }

    private static void awaits(Callable<Boolean> what) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(what);
    }

    private boolean shows(SealedLog tree, SignedNote note, Cosigner... cosigners) {
        SignedNote shown = shown(tree);
        return shown != null
                && shown.text().equals(note.text())
                && List.of(cosigners).stream()
                        .allMatch(key -> key.verifier().cosigned(shown).isPresent());
    }

    /** The quick one is enough for the quorum; the slow one's lines are added to the file that stands by then. */
    @Test
    void shouldShowWhatTheQuorumCosignedAndAddWhatComesLater() throws Exception {
        try (Witnesses witnesses = witnesses("quick", PATIENT)) {
            SignedNote[] notes = grow();
            long begunNs = System.nanoTime();
            witnesses.publish(notes[0], notes[1]);
            assertThat(Duration.ofNanos(System.nanoTime() - begunNs)).isLessThan(Duration.ofSeconds(2));
            awaits(() -> shows(SealedLog.VOTES, notes[0], quick) && shows(SealedLog.VERDICTS, notes[1], quick));
            assertThat(late.verifier().cosigned(shown(SealedLog.VOTES))).isEmpty();
            slow.countDown();
            awaits(() ->
                    shows(SealedLog.VOTES, notes[0], quick, late) && shows(SealedLog.VERDICTS, notes[1], quick, late));
        }
    }

    @Test
    void shouldNotHoldTheSealerUp() throws Exception {
        try (Witnesses witnesses = witnesses("quick", PATIENT)) {
            SignedNote[] notes = grow();
            for (int seal = 0; seal < 20; seal++) {
                notes = grow();
                witnesses.publish(notes[0], notes[1]);
            }
            SignedNote[] last = notes;
            awaits(() -> shows(SealedLog.VOTES, last[0], quick) && shows(SealedLog.VERDICTS, last[1], quick));
        }
    }

    /** No reader sees the new checkpoint before its quorum has it, unless the time for that is up. */
    @Test
    void shouldWaitForTheQuorumAndNotForEver() throws Exception {
        try (Witnesses witnesses = witnesses("both", PATIENT)) {
            SignedNote[] notes = grow();
            witnesses.publish(notes[0], notes[1]);
            awaits(() -> asked.get() >= 2);
            assertThat(shown(SealedLog.VOTES)).isNull();
            slow.countDown();
            awaits(() -> shows(SealedLog.VOTES, notes[0], quick, late));
        }
    }

    @Test
    void shouldShowItWithoutThoseWhoDoNotAnswerInTime() throws Exception {
        try (Witnesses witnesses =
                witnesses("both", new Witnesses.Patience(Duration.ofMillis(400), Duration.ofSeconds(30)))) {
            SignedNote[] notes = grow();
            witnesses.publish(notes[0], notes[1]);
            awaits(() -> shows(SealedLog.VOTES, notes[0], quick) && shows(SealedLog.VERDICTS, notes[1], quick));
            assertThat(late.verifier().cosigned(shown(SealedLog.VOTES))).isEmpty();
        }
    }

    @Test
    void shouldAskAWitnessThatFailedAgain() throws Exception {
        slow.countDown();
        failures.set(5);
        try (Witnesses witnesses = witnesses("both", PATIENT)) {
            SignedNote[] notes = grow();
            witnesses.publish(notes[0], notes[1]);
            awaits(() ->
                    shows(SealedLog.VOTES, notes[0], quick, late) && shows(SealedLog.VERDICTS, notes[1], quick, late));
        }
        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("not cosigned by quick, which is asked again in 0.0 s");
    }

    @Test
    void shouldShowWhatIsSignedWhenItEnds() {
        SignedNote[] notes = grow();
        Witnesses witnesses = witnesses("both", PATIENT);
        witnesses.publish(notes[0], notes[1]);
        witnesses.close();
        assertThat(shows(SealedLog.VOTES, notes[0])).isTrue();
        assertThat(shows(SealedLog.VERDICTS, notes[1])).isTrue();
    }
}
