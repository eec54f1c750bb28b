// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.producer.RawHttp.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Honest requests for the votes' routes, changed at random. Each answer is well-formed HTTP with a described status, or the
 * connection is closed; no answer is an error of the gateway; honest votes are still taken; and the log has exactly what was
 * acknowledged. Only votes whose connection was cut before their answer may be there or not.
 *
 * <p>The seed is printed. {@code -Dvotelog.fuzz.seed=N} sets another one, {@code -Dvotelog.fuzz.rounds=N} more rounds.
 */
@WithKafka(freshTopics = true)
class VoteRouteFuzzIT {
    private static final Logger LOG = LoggerFactory.getLogger(VoteRouteFuzzIT.class);
    private static final long SEED = Long.getLong("votelog.fuzz.seed", 20211205L);
    private static final int ROUNDS = Integer.getInteger("votelog.fuzz.rounds", 2_000);
    private static final int ROUNDS_BETWEEN_CHECKS = 250;
    private static final int SENDERS = 48;
    private static final String BALLOT = "fuzz";
    private static final Pattern IDS = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private static final String[] HEADERS = {
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: identity",
        "Transfer-Encoding : chunked",
        "Content-Length: 0",
        "Content-Length: 25",
        "Content-Length: -1",
        "Content-Length: 99999999999",
        "Expect: 100-continue",
        "Expect: x",
        "Connection: close",
        "Connection: keep-alive, Upgrade",
        "Upgrade: h2c",
        "Content-Encoding: gzip",
        "Host: other",
        "Host: a b",
        "Content-Type: text/plain",
        "Origin: null",
        "X: \u0000",
        "X: \u00ff\u00fe",
        "no colon",
        " folded",
        "Idempotency-Key: x",
        "Authorization: Bearer x",
        "Authorization: Basic YTpi",
        "Trailer: X",
        "TE: trailers",
        "X-Forwarded-For: 1.2.3.4",
        "Accept: text/html",
        "Content-Length: 0x19",
        ": x",
        "Cookie: a=b; a=c"
    };

    private static final String[] TARGETS = {
        "/v1/ballots/fuzz/votes?x=%zz",
        "/v1/ballots/fuzz/votes?",
        "/v1/ballots/none/votes",
        "/v1/ballots//votes",
        "//",
        "*",
        "/v1/ballots/fuzz%2fvotes",
        "/v1/ballots/fuzz/votes;x",
        "/v1/ballots/fuzz/votes:batch",
        "/v1/ballots/fuzz/votes",
        "http://h/v1/ballots/fuzz/votes",
        "http://",
        "/v1/ballots/\u00e9/votes",
        "/v1/ballots/../fuzz/votes",
        "",
        "/%00"
    };

    private static final String[] TOKENS = {
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "null",
        "true",
        "0",
        "-1e999",
        "\"choices\"",
        "\"voter\"",
        "\"voteId\"",
        "\"a1\"",
        "\"\\ud800\"",
        "\"\\u0000\"",
        "\"zz\"",
        "\\",
        "\n",
        "\r\n",
        " ",
        "\u0000",
        "\u00c0\u00af",
        "\u00ed\u00a0\u0080",
        "\u00ff",
        "\u00ef\u00bb\u00bf",
        "{\"choices\":[]}",
        "//",
        "'"
    };

    private static final String[] CHUNKS = {
        "0\r\n\r\n",
        "zz\r\n",
        "fffffffff\r\n",
        "5;x=y\r\nabcde\r\n",
        "-1\r\n",
        "1\r\nxx",
        "1\nx\n",
        "0\r\nX: y\r\n\r\n",
        "0\r\nX\r\n\r\n",
        "7fffffff\r\n",
        "\r\n"
    };

    private static Gateway gateway;
    private static String bootstrapServers;
    private static String voter;
    private static String submitter;

    private final Acknowledged acknowledged = new Acknowledged();
    private final Map<String, Integer> seen = new ConcurrentSkipListMap<>();

    /** Bytes that are sent over one connection, perhaps as several requests. */
    private record Shape(byte[] bytes) {}

    @BeforeAll
    static void start(KafkaBroker broker) {
        bootstrapServers = broker.bootstrapServers();
        gateway = Gateway.start(
                bootstrapServers,
                "--votelog.request-timeout=500ms",
                "--votelog.idle-timeout=1s",
                "--votelog.limits.user.rate=0",
                "--votelog.limits.votes.every=0",
                "--votelog.limits.address.rate=0");
        gateway.publishOpen(BALLOT);
        voter = gateway.token("alice", "");
        submitter = gateway.token("system", "votes:submit");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void shouldAnswerOrCutOffWhateverComes() throws Exception {
        LOG.info("fuzz seed {}, {} rounds", SEED, ROUNDS);
        for (byte[] shape : onceFailed()) {
            UUID id = UUID.randomUUID();
            String text = new String(shape, ISO_8859_1)
                    .replace("{voter}", voter)
                    .replace("{submitter}", submitter)
                    .replace("{voteId}", id.toString());
            send(new Shape(text.getBytes(ISO_8859_1)), new Random(SEED));
        }
        castHonestly();
        ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
        try {
            for (int from = 0; from < ROUNDS; from += ROUNDS_BETWEEN_CHECKS) {
                List<Future<?>> rounds = new ArrayList<>();
                for (int round = from; round < Math.min(ROUNDS, from + ROUNDS_BETWEEN_CHECKS); round++) {
                    int number = round;
                    rounds.add(senders.submit(() -> play(number)));
                }
                for (Future<?> round : rounds) {
                    round.get(2, TimeUnit.MINUTES);
                }
                castHonestly();
            }
        } finally {
            senders.shutdownNow();
        }
        LOG.info("answers: {}; {} votes acknowledged", seen, acknowledged.count());
        acknowledged.assertEqualToTheLog(bootstrapServers, BALLOT);
        // Otherwise the changes were so wild, or so mild, that they tested next to nothing.
        if (ROUNDS >= 1_000) {
            assertThat(seen).containsKeys("202", "200", "400", "401", "405", "413", "415", "422", "whole", "cut off");
        }
    }

    /** Each round has a seed of its own, so that one can be run again without those before it. */
    private void play(int round) {
        Random random = new Random(SEED + round);
        Shape shape = shape(random);
        try {
            send(shape, random);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed %d, round %d: %s".formatted(SEED, round, escaped(shape.bytes())), e);
        }
    }

    private void castHonestly() {
        UUID id = UUID.randomUUID();
        try (RawHttp http = RawHttp.to(gateway.at("/"))) {
            http.send(RawRequest.vote(BALLOT, voter, id).bytes());
            Answer answer = http.answer();
            assertThat(answer.summary()).isEqualTo("202");
            acknowledged.note(answer);
        }
    }

    private void send(Shape shape, Random random) {
        List<Answer> answers = new ArrayList<>();
        try (RawHttp http = RawHttp.to(gateway.at("/"))) {
            byte[] bytes = shape.bytes();
            int packets = random.nextInt(4) == 0 ? 1 + random.nextInt(20) : 1;
            for (int at = 0, i = 0; i < packets; i++) {
                int to = i == packets - 1 ? bytes.length : at + random.nextInt(bytes.length - at + 1);
                http.send(Arrays.copyOfRange(bytes, at, to));
                at = to;
            }
            // This request ends the connection if it is read as one; if it is read as anything else, the timeout does.
            http.send(RawRequest.get("/v1/ballots").header("Connection: close").bytes());
            // A batch may wait for its next line for longer than this test has.
            boolean batch = new String(bytes, ISO_8859_1).contains("votes:batch");
            Duration patience = batch ? Duration.ofSeconds(1) : RawHttp.PATIENCE;
            try {
                for (Optional<Answer> next = http.next(patience); next.isPresent(); next = http.next(patience)) {
                    answers.add(next.get());
                }
            } catch (RawHttp.BrokenOffException e) {
                seen.merge("broken off", 1, Integer::sum);
            } catch (RawHttp.SilenceException e) {
                if (!batch) {
                    throw e;
                }
                seen.merge("silent", 1, Integer::sum);
            }
        }
        answers.forEach(this::check);
        Optional<Answer> last = answers.isEmpty() ? Optional.empty() : Optional.of(answers.get(answers.size() - 1));
        boolean whole = last.filter(answer -> answer.status() == 200)
                .flatMap(answer -> answer.header("Connection"))
                .filter("close"::equalsIgnoreCase)
                .isPresent();
        seen.merge(whole ? "whole" : "cut off", 1, Integer::sum);
        // Of a busy machine's log the gateway may not hear in time, and says so.
        boolean known = answers.stream().noneMatch(answer -> answer.text().contains("outcome-unknown"));
        if (!whole || !known) {
            // Any vote of the batch may be without an answer; the changes may have hit their ids too.
            IDS.matcher(new String(shape.bytes(), ISO_8859_1))
                    .results()
                    .forEach(id -> acknowledged.noteUnknown(UUID.fromString(id.group())));
        }
    }

    private void check(Answer answer) {
        seen.merge(Integer.toString(answer.status()), 1, Integer::sum);
        Gateway.CONTRACT.mustHold();
        assertThat(answer.status()).as(answer.text()).isNotEqualTo(500);
        assertThat(answer.text()).doesNotContain("Exception", "\tat ", "io.votelog");
        if (answer.status() >= 400 && answer.body().length > 0) {
            assertThat(answer.code()).as(answer.text()).isNotEmpty();
        }
        acknowledged.note(answer);
    }

    private static Shape shape(Random random) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        int requests = random.nextInt(4) == 0 ? 1 + random.nextInt(6) : 1;
        for (int i = 0; i < requests; i++) {
            RawRequest request = request(random);
            for (int changes = random.nextInt(4); changes > 0; changes--) {
                change(request, random);
            }
            all.writeBytes(request.bytes());
        }
        byte[] bytes = all.toByteArray();
        switch (random.nextInt(8)) {
            case 0 -> flip(bytes, random);
            case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 2 -> bytes = spliced(bytes, random);
            default -> {
                // The request stays as it is.
            }
        }
        return new Shape(bytes);
    }

    private static RawRequest request(Random random) {
        if (random.nextInt(10) == 0) {
            return RawRequest.get(random.nextBoolean() ? "/v1/ballots" : "/v1/ballots/fuzz/my-vote");
        }
        if (random.nextInt(3) > 0) {
            UUID id = new UUID(random.nextLong(), random.nextLong());
            RawRequest vote = RawRequest.vote(BALLOT, voter, id);
            // One in eight breaks the ballot's rules.
            return random.nextInt(8) == 0 ? vote.body("{\"choices\": [\"a1\"]}") : vote;
        }
        List<String> lines = new ArrayList<>();
        for (int i = random.nextInt(6); i >= 0; i--) {
            UUID id = new UUID(random.nextLong(), random.nextLong());
            lines.add(RawRequest.line("v" + i, id));
        }
        return RawRequest.batch(BALLOT, submitter, String.join("\n", lines));
    }

    private static void change(RawRequest request, Random random) {
        switch (random.nextInt(10)) {
            case 0 -> request.header(any(HEADERS, random));
            case 1 -> request.target(any(TARGETS, random));
            case 2 ->
                request.method(any(new String[] {"GET", "PUT", "DELETE", "OPTIONS", "post", "\u0000", "PRI"}, random));
            case 3 ->
                request.version(any(new String[] {"HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "http/1.1", "X", ""}, random));
            case 4 ->
                request.without(any(new String[] {"Host", "Authorization", "Content-Type", "Idempotency-Key"}, random));
            case 5 -> request.chunked();
            case 6 ->
                request.chunked(IntStream.range(0, 1 + random.nextInt(4))
                        .mapToObj(i -> any(CHUNKS, random))
                        .reduce("", String::concat));
            case 7 ->
                request.without("Content-Type")
                        .header("Content-Type: "
                                + any(
                                        new String[] {
                                            "text/plain", "application/json", "application/x-ndjson", "", "*/*"
                                        },
                                        random));
            case 8 -> request.body(" ".repeat(random.nextInt(40_000)));
            default -> {
                String text = new String(request.body(), ISO_8859_1);
                for (int i = random.nextInt(4); i >= 0; i--) {
                    int at = random.nextInt(text.length() + 1);
                    int to = Math.min(text.length(), at + random.nextInt(5));
                    text = text.substring(0, at) + any(TOKENS, random) + text.substring(to);
                }
                request.body(text.getBytes(ISO_8859_1));
            }
        }
    }

    private static void flip(byte[] bytes, Random random) {
        for (int i = random.nextInt(6); i >= 0 && bytes.length > 0; i--) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
    }

    /** A piece of the request is repeated or moved. */
    private static byte[] spliced(byte[] bytes, Random random) {
        String text = new String(bytes, ISO_8859_1);
        int from = random.nextInt(text.length());
        String piece = text.substring(from, Math.min(text.length(), from + random.nextInt(200)));
        int at = random.nextInt(text.length());
        return (text.substring(0, at) + piece + text.substring(at)).getBytes(ISO_8859_1);
    }

    private static String any(String[] of, Random random) {
        return of[random.nextInt(of.length)];
    }

    /** Requests that once failed and must not again: one a line, with escapes as {@link #escaped} writes them. */
    private static List<byte[]> onceFailed() throws IOException {
        try (InputStream in = VoteRouteFuzzIT.class.getResourceAsStream("/fuzz/once-failed.txt")) {
            List<byte[]> shapes = new String(in.readAllBytes(), ISO_8859_1)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> line.translateEscapes().getBytes(ISO_8859_1))
                    .toList();
            assertThat(shapes).isNotEmpty();
            return shapes;
        }
    }

    private static String escaped(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) {
            switch (b) {
                case '\r' -> text.append("\\r");
                case '\n' -> text.append("\\n");
                case '\\' -> text.append("\\\\");
                default -> {
                    if (b >= ' ' && b < 0x7f) {
                        text.append((char) b);
                    } else {
                        text.append("\\%03o".formatted(b & 0xff));
                    }
                }
            }
        }
        return text.toString().replace(voter, "{voter}").replace(submitter, "{submitter}");
    }
}
