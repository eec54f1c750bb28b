// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static io.votelog.producer.Gateway.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.producer.auth.TestTokens;
import io.votelog.producer.crypto.Pepper;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * A receipt says nothing of the choices (law 13). A stranger who has a receipt, the ballot and this program's source tries
 * every set of up to four of the seed's 43 cases against the receipt, with every hash that needs no secret.
 */
@WithKafka(freshTopics = true)
class ReceiptSecrecyIT {
    private static final String BALLOT = "gz-customs-2021";
    private static final List<String> OPTIONS =
            IntStream.rangeClosed(1, 43).mapToObj("%02d"::formatted).toList();
    private static final List<String> CHOICES = List.of("07", "19", "25", "43");

    private static Gateway gateway;
    private static JsonNode published;

    @BeforeAll
    static void start(KafkaBroker broker) {
        gateway = Gateway.start(broker.bootstrapServers());
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        String ballot =
                """
                {"ballotId": "%s", "title": "Cases", "window": {"opensAt": "%s", "closesAt": "%s"}, "picks": {"max": 10},
                 "sections": [{"id": "A", "title": "Part 1", "picks": {"min": 1}, "options": [%s]},
                              {"id": "B", "title": "Part 2", "picks": {"min": 1}, "options": [%s]}]}
                """
                        .formatted(
                                BALLOT, now.minusSeconds(60), now.plusSeconds(3600), options(0, 24), options(24, 43));
        HttpResponse<String> answer = gateway.put(gateway.token("operator", "ballots:write"), BALLOT, ballot);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        published = json(answer);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void shouldGiveNoChoicesAway() {
        for (String voter : List.of("alice", "kim")) {
            HttpResponse<String> answer = gateway.vote(
                    gateway.token(voter, ""),
                    BALLOT,
                    "{\"choices\": [%s]}"
                            .formatted(
                                    CHOICES.stream().map(id -> "\"" + id + "\"").collect(Collectors.joining(", "))));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
            Receipt receipt =
                    Receipt.parse(json(answer).path("receipt").stringValue()).orElseThrow();
            assertThat(found(receipt)).isEmpty();
        }
    }

    /**
     * The gateway says nothing of the choices either. Once the few tries that a voter has are used up, whoever has the voter's
     * token gets the same answers for the right choices as for wrong ones; after the ballot's end too, when tries leave nothing
     * in the log.
     */
    @Test
    void shouldAnswerRightAndWrongGuessesAlike(KafkaBroker broker) {
        int tries = 10;
        try (Gateway limited = Gateway.start(
                broker.bootstrapServers(),
                "--votelog.limits.user.rate=0",
                "--votelog.limits.votes.every=1h",
                "--votelog.limits.retries.burst=" + tries,
                "--votelog.limits.retries.every=1h")) {
            limited.publishOpen("oracle");
            String token = limited.token("alice", "");
            String right = "{\"choices\": [\"a2\", \"b1\"]}";
            HttpResponse<String> cast = limited.vote(token, "oracle", right);
            assertThat(cast.statusCode()).as(cast.body()).isEqualTo(202);
            for (int i = 0; i < 4; i++) {
                HttpResponse<String> other = limited.vote(
                        token,
                        "oracle",
                        right,
                        "Idempotency-Key",
                        UUID.randomUUID().toString());
                assertThat(other.statusCode()).as(other.body()).isEqualTo(202);
            }
            List<String> wrong = List.of(
                    "{\"choices\": [\"a1\", \"b1\"]}",
                    "{\"choices\": [\"a3\", \"b1\"]}",
                    "{\"choices\": [\"a2\", \"b2\"]}",
                    "{\"choices\": [\"a1\", \"b2\"]}");
            int taken = 0;
            for (int i = 0; i < tries; i++) {
                assertThat(limited.vote(token, "oracle", wrong.get(i % wrong.size()))
                                .statusCode())
                        .isEqualTo(429);
                taken += limited.vote(token, "oracle", right).statusCode() == 202 ? 1 : 0;
            }
            assertThat(taken)
                    .as("right guesses that were told, of %d tries", tries)
                    .isEqualTo(tries / 2);
            for (int i = 0; i < 3 * tries; i++) {
                String guess = wrong.get(i % wrong.size());
                assertThat(told(limited.vote(token, "oracle", right)))
                        .isEqualTo(told(limited.vote(token, "oracle", guess)))
                        .contains("429")
                        .doesNotContain("voteId");
            }
            assertThat(limited.close(limited.token("operator", "ballots:write"), "oracle")
                            .statusCode())
                    .isEqualTo(202);
            for (int i = 0; i < tries; i++) {
                String guess = wrong.get(i % wrong.size());
                assertThat(told(limited.vote(token, "oracle", right)))
                        .isEqualTo(told(limited.vote(token, "oracle", guess)))
                        .contains("403")
                        .doesNotContain("voteId");
            }
        }
    }

    /** An answer without its numbers of seconds, which change. */
    private static String told(HttpResponse<String> answer) {
        return answer.statusCode() + " "
                + answer.headers().firstValue("RateLimit").orElse("").replaceAll("t=\\d+", "t=…") + " "
                + answer.body().replaceAll("in \\d+ s", "in … s");
    }

    /** The stranger's method works: it finds the choices of a receipt whose id is a plain hash, as ids once were. */
    @Test
    void shouldReadAReceiptWhoseIdIsAPlainHash() throws GeneralSecurityException {
        Pseudonym voter = Pepper.of(Gateway.PEPPER).pseudonym(BALLOT, TestTokens.user("alice"));
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(framed("vote-id/v1", voter.bytes(), CHOICES));
        assertThat(found(new Receipt(voter, uuid(digest)))).contains(CHOICES);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(BALLOT.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        assertThat(found(new Receipt(voter, uuid(mac.doFinal(framed("vote/v1", voter.bytes(), CHOICES))))))
                .contains(CHOICES);
    }

    /** The choices from which the receipt's id was made, if the stranger finds them. */
    private static Optional<List<String>> found(Receipt receipt) {
        byte[] voter = receipt.voter().bytes();
        List<Guess> guesses = guesses(voter);
        for (List<String> set : setsOfUpToFour()) {
            byte[] former = framed("vote-id/v1", voter, set);
            byte[] now = framed("vote/v1", voter, set);
            byte[] plain = concatenated(voter, set);
            for (Guess guess : guesses) {
                for (byte[] message : guess.keyed() ? List.of(now, former) : List.of(now, former, plain)) {
                    if (uuid(guess.hash().apply(message)).equals(receipt.voteId())) {
                        return Optional.of(set);
                    }
                }
            }
        }
        return Optional.empty();
    }

    private record Guess(boolean keyed, UnaryOperator<byte[]> hash) {}

    /** The hashes that the stranger tries: plain ones, and HMACs under everything that is public of ballot and voter. */
    private static List<Guess> guesses(byte[] voter) {
        List<Guess> guesses = new ArrayList<>();
        for (String name : List.of("SHA-256", "SHA-1", "MD5")) {
            MessageDigest digest;
            try {
                digest = MessageDigest.getInstance(name);
            } catch (GeneralSecurityException e) {
                throw new AssertionError(e);
            }
            guesses.add(new Guess(false, digest::digest));
        }
        for (byte[] key : List.of(
                new byte[1],
                BALLOT.getBytes(StandardCharsets.UTF_8),
                voter,
                Gateway.JSON.writeValueAsBytes(published.path("digest")),
                HexFormat.of().parseHex(published.path("digest").stringValue()),
                Pepper.of(Gateway.PEPPER).fingerprint(BALLOT).bytes(),
                Gateway.PUBLIC_KEY.getBytes(StandardCharsets.UTF_8))) {
            Mac mac;
            try {
                mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(key, "HmacSHA256"));
            } catch (GeneralSecurityException e) {
                throw new AssertionError(e);
            }
            guesses.add(new Guess(true, mac::doFinal));
        }
        return guesses;
    }

    /** All sets of one to four cases, 136,697 of them, each in ascending order. */
    private static List<List<String>> setsOfUpToFour() {
        List<List<String>> sets = new ArrayList<>();
        grow(sets, List.of(), 0);
        return sets;
    }

    private static void grow(List<List<String>> sets, List<String> set, int from) {
        for (int i = from; i < OPTIONS.size() && set.size() < 4; i++) {
            List<String> larger = new ArrayList<>(set);
            larger.add(OPTIONS.get(i));
            sets.add(larger);
            grow(sets, larger, i + 1);
        }
    }

    private static byte[] framed(String domain, byte[] voter, List<String> set) {
        ByteBuffer message = ByteBuffer.allocate(domain.length() + voter.length + 4 * set.size())
                .put(domain.getBytes(StandardCharsets.UTF_8))
                .put(voter);
        set.forEach(choice -> message.putShort((short) choice.length()).put(choice.getBytes(StandardCharsets.UTF_8)));
        return message.array();
    }

    private static byte[] concatenated(byte[] voter, List<String> set) {
        byte[] choices = String.join(",", set).getBytes(StandardCharsets.UTF_8);
        byte[] message = Arrays.copyOf(voter, voter.length + choices.length);
        System.arraycopy(choices, 0, message, voter.length, choices.length);
        return message;
    }

    /** A UUID of the first 16 bytes, with the bits of version 8. */
    private static UUID uuid(byte[] bytes) {
        ByteBuffer halves = ByteBuffer.wrap(bytes);
        return new UUID(
                halves.getLong() & 0xFFFF_FFFF_FFFF_0FFFL | 0x8000L,
                halves.getLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L);
    }

    private static String options(int from, int to) {
        return OPTIONS.subList(from, to).stream()
                .map(id -> "{\"id\": \"%s\", \"title\": \"Case %s\"}".formatted(id, id))
                .collect(Collectors.joining(", "));
    }
}
