// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.votelog.schemas.hash.Merkle;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WitnessClientTest {
    private static final String ORIGIN = "example.com/log";
    private static final List<byte[]> LEAVES = Sample.entries(100);

    private final NoteSigner log = NoteSigner.generate(ORIGIN);
    private final Cosigner key = new Cosigner("witness.example/w1");
    private final CountDownLatch end = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private URI prefix;

    /** What the witness cosigned last. */
    private volatile long knownSize;

    private volatile byte[] knownRoot = Merkle.emptyRoot();

    /** How many conflicts it makes up before it answers as it should. */
    private volatile int conflicts;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
        prefix = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/w");
    }

    @AfterEach
    void stop() {
        end.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private interface Handler {
        void handle(HttpExchange exchange, String body) throws IOException;
    }

    private void serve(Handler handler) {
        server.createContext("/w/add-checkpoint", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            requests.add(
                    exchange.getRequestMethod() + " " + body.lines().findFirst().orElse(""));
            handler.handle(exchange, body);
        });
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** The protocol, as the specification has it. */
    private void witness(HttpExchange exchange, String body) throws IOException {
        int empty = body.indexOf("\n\n");
        String[] head = body.substring(0, empty).split("\n");
        long old = Long.parseLong(head[0].substring("old ".length()));
        List<byte[]> proof = new ArrayList<>();
        for (int i = 1; i < head.length; i++) {
            proof.add(StrictEncoding.hash(head[i]));
        }
        SignedNote note = SignedNote.parse(body.substring(empty + 2).getBytes(UTF_8));
        Checkpoint checkpoint = Checkpoint.parse(note.text());
        if (!checkpoint.origin().equals(ORIGIN)) {
            answer(exchange, 404, "");
        } else if (!note.signedBy(log.verifier())) {
            answer(exchange, 403, "");
        } else if (old != knownSize || conflicts > 0) {
            exchange.getResponseHeaders().set("Content-Type", "text/x.tlog.size");
            answer(exchange, 409, knownSize + conflicts + "\n");
            conflicts = Math.max(0, conflicts - 1);
        } else if (!Proofs.consistent(old, knownRoot, checkpoint.size(), checkpoint.root(), proof)) {
            answer(exchange, 422, "");
        } else {
            knownSize = checkpoint.size();
            knownRoot = checkpoint.root();
            answer(exchange, 200, key.cosign(note.text(), 1_700_000_000) + "\n");
        }
    }

    private SignedNote checkpoint(int size) {
        String text = new Checkpoint(ORIGIN, size, Oracle.mth(LEAVES.subList(0, size))).text();
        return new SignedNote(text, List.of()).with(log.sign(text));
    }

    private List<String> cosign(SignedNote checkpoint, long oldSize) {
        int size = (int) Checkpoint.parse(checkpoint.text()).size();
        return client(Duration.ofSeconds(20))
                .cosign(checkpoint, oldSize, from -> Oracle.proof((int) from, LEAVES.subList(0, size)));
    }

    private WitnessClient client(Duration patience) {
        return new WitnessClient(prefix, key.verifier(), patience);
    }

    @Test
    void shouldGetCosignaturesOfAGrowingLog() {
        serve(this::witness);
        long last = 0;
        for (int size : new int[] {1, 2, 7, 64, 64, 99}) {
            List<String> lines = cosign(checkpoint(size), last);
            assertThat(lines).hasSize(1);
            assertThat(key.verifier().cosigned(checkpoint(size).with(lines.get(0))))
                    .isPresent();
            last = size;
        }
        assertThat(requests)
                .containsExactly("POST old 0", "POST old 1", "POST old 2", "POST old 7", "POST old 64", "POST old 64");
    }

    @Test
    void shouldProveFromTheSizeThatTheWitnessNames() {
        serve(this::witness);
        cosign(checkpoint(40), 0);
        requests.clear();
        assertThat(cosign(checkpoint(70), 0)).hasSize(1);
        assertThat(requests).containsExactly("POST old 0", "POST old 40");
        requests.clear();
        assertThat(cosign(checkpoint(80), 60)).hasSize(1);
        assertThat(requests).containsExactly("POST old 60", "POST old 70");
    }

    @Test
    void shouldGiveUpWhereTheWitnessNamesAnotherSizeEachTime() {
        conflicts = 10;
        serve(this::witness);
        assertThatThrownBy(() -> cosign(checkpoint(70), 5))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("another size each of 3 times");
        assertThat(requests).hasSize(3);
    }

    @Test
    void shouldSayWhenTheWitnessKnowsALargerLog() {
        serve(this::witness);
        cosign(checkpoint(70), 0);
        assertThatThrownBy(() -> cosign(checkpoint(40), 0))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("at size 70, and this checkpoint has 40");
    }

    @Test
    void shouldSayWhenTheWitnessFindsThatTheLogWasChanged() {
        serve(this::witness);
        cosign(checkpoint(40), 0);
        knownRoot = new byte[32];
        assertThatThrownBy(() -> cosign(checkpoint(70), 40))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining(prefix + "/add-checkpoint")
                .hasMessageContaining("not consistent")
                .hasMessageContaining("422");
    }

    @Test
    void shouldSayWhenTheWitnessDoesNotKnowTheLogOrItsKey() {
        serve(this::witness);
        String text = new Checkpoint("example.com/other", 0, Merkle.emptyRoot()).text();
        SignedNote other = new SignedNote(text, List.of()).with(log.sign(text));
        assertThatThrownBy(() -> cosign(other, 0))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("does not know this log");
        String mine = checkpoint(3).text();
        SignedNote forged =
                new SignedNote(mine, List.of()).with(NoteSigner.generate(ORIGIN).sign(mine));
        assertThatThrownBy(() -> cosign(forged, 0))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("another key for this log");
    }

    @ParameterizedTest
    @CsvSource({"400, can't read", "429, too often", "500, status 500", "204, status 204"})
    void shouldSayWithWhichStatusItWasRefused(int status, String what) {
        serve((exchange, body) -> answer(exchange, status, ""));
        assertThatThrownBy(() -> cosign(checkpoint(3), 0))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining(what);
    }

    @ParameterizedTest
    @CsvSource({
        "text/plain, '7\n'",
        "text/x.tlog.size, 7",
        "text/x.tlog.size, '07\n'",
        "text/x.tlog.size, '-7\n'",
        "text/x.tlog.size, '9223372036854775808\n'",
        "text/x.tlog.size, 'seven\n'"
    })
    void shouldTakeNoSizeThatIsNone(String type, String size) {
        serve((exchange, body) -> {
            exchange.getResponseHeaders().set("Content-Type", type);
            answer(exchange, 409, size);
        });
        assertThatThrownBy(() -> cosign(checkpoint(30), 3))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("does not say which");
        assertThat(requests).hasSize(1);
    }

    @Test
    void shouldNotAskAgainWithTheSizeThatWasRefused() {
        serve((exchange, body) -> {
            exchange.getResponseHeaders().set("Content-Type", "text/x.tlog.size");
            answer(exchange, 409, "3\n");
        });
        assertThatThrownBy(() -> cosign(checkpoint(30), 3))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("refuses the size 3");
        assertThat(requests).hasSize(1);
    }

    @Test
    void shouldTakeNoCosignatureOfAnotherKeyOrText() {
        SignedNote asked = checkpoint(3);
        String[] lie = new String[1];
        serve((exchange, body) -> answer(exchange, 200, lie[0]));

        lie[0] = new Cosigner("witness.example/w1").cosign(asked.text(), 5) + "\n";
        assertThatThrownBy(() -> cosign(asked, 0))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("with another key");
        lie[0] = key.cosign(checkpoint(4).text(), 5) + "\n";
        assertThatThrownBy(() -> cosign(asked, 0))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("does not verify");
        lie[0] = key.cosign(asked.text(), 0) + "\n";
        assertThatThrownBy(() -> cosign(asked, 0))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("does not verify");
        lie[0] = key.cosign(asked.text(), 5) + "\n" + key.cosign(checkpoint(4).text(), 5) + "\n";
        assertThatThrownBy(() -> cosign(asked, 0))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("does not verify");
        lie[0] = log.sign(asked.text()) + "\n";
        assertThatThrownBy(() -> cosign(asked, 0))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("with another key");
        for (String none :
                List.of("thanks\n", "\n", key.cosign(asked.text(), 5), key.cosign(asked.text(), 5) + "\n\n")) {
            lie[0] = none;
            assertThatThrownBy(() -> cosign(asked, 0))
                    .isInstanceOf(TlogException.class)
                    .hasMessageContaining("signature");
        }
        // Lines of keys that are not known are passed over.
        lie[0] =
                new Cosigner("witness.example/new").cosign(asked.text(), 5) + "\n" + key.cosign(asked.text(), 5) + "\n";
        assertThat(cosign(asked, 0)).containsExactly(key.cosign(asked.text(), 5));
    }

    @Test
    void shouldTakeNoHugeAnswer() {
        serve((exchange, body) -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                for (int i = 0; i < 1000; i++) {
                    out.write(new byte[1 << 16]);
                }
            } catch (IOException closed) {
                // The client has had enough.
            }
        });
        assertThatThrownBy(() -> cosign(checkpoint(3), 0))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("longer than 65536 bytes");
    }

    @Test
    void shouldNotWaitForEver() {
        serve((exchange, body) -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('x');
            exchange.getResponseBody().flush();
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        });
        WitnessClient impatient = client(Duration.ofMillis(300));
        assertThatThrownBy(() -> impatient.cosign(checkpoint(3), 0, from -> List.of()))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("no whole answer in 300 ms");
    }

    @Test
    void shouldSayWhoCouldNotBeReached() {
        server.stop(0);
        assertThatThrownBy(() -> cosign(checkpoint(3), 0))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining(prefix.toString());
    }

    @Test
    void shouldNotAskForAProofBackwards() {
        assertThatThrownBy(() -> cosign(checkpoint(3), 4)).isInstanceOf(IllegalArgumentException.class);
    }
}
