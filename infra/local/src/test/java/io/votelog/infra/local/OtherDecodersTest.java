// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.votelog.events.KeyId;
import io.votelog.events.Salt;
import io.votelog.events.VoteCast;
import io.votelog.infra.local.HostileRecords.Hostile;
import io.votelog.infra.testing.Python;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Pseudonym;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is an event, and what a vote holds, is the same to the decoders in Python as to the apps, whatever the bytes. Where they differ, an
 * honest count looks like a false one. How many characters U+FFFD stand for bytes that are no UTF-8 is not compared: no ballot's id
 * and no option's holds one.
 */
class OtherDecodersTest {
    private static final long SEED = Long.getLong("votelog.seed", System.nanoTime());
    private static final int DAMAGED = 20_000;

    /** Reads values, each behind its length, and says for each of them what it is. */
    private static final String SAY =
            """
            import hashlib, importlib.util, re, struct, sys
            spec = importlib.util.spec_from_file_location("decoder", sys.argv[1])
            decoder = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(decoder)
            if hasattr(decoder, "Schemas"):
                decode, refusals = decoder.Schemas().decode, (ValueError,)
            else:
                decode, refusals = decoder.decode, (decoder.Poison,)
            with open(sys.argv[2], "rb") as values:
                while length := values.read(4):
                    try:
                        event = decode(values.read(struct.unpack(">i", length)[0]))
                    except refusals:
                        print("none")
                        continue
                    held = "\\0".join([event["ballotId"], *event["choices"]]) if event["event"] == "VoteCast" else ""
                    held = re.sub("\ufffd+", "?", held)
                    print(event["event"], hashlib.sha256(held.encode()).hexdigest())
            """;

    /** The events that recount.py reads; all others are nothing to it. */
    private static final Set<String> RECOUNTED = Set.of(
            "VoteCast",
            "BallotPublished",
            "BallotEnded",
            "BallotClosed",
            "VoteAnnulled",
            "VoteDecided",
            "BallotResults");

    @TempDir
    static Path dir;

    private static List<Hostile> values;

    @BeforeAll
    static void draw() throws Exception {
        assumeTrue(Python.isHere("the other decoders"));
        Random random = new Random(SEED);
        byte[] voter = new byte[Pseudonym.LENGTH];
        byte[] vote = Events.encode(new VoteCast(new UUID(1, 1), "b1", List.of("01", "25"), new Salt(new byte[32])));
        Map<String, Object> plain = Map.of("ballotId", "b1", "keyId", new KeyId(new byte[8]).bytes());
        values = new ArrayList<>(HostileRecords.all(
                KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate(), plain, voter, vote, random));
        values.removeIf(hostile -> hostile.value() == null);
        List<byte[]> small = values.stream()
                .map(Hostile::value)
                .filter(value -> value.length > 10 && value.length < 300)
                .toList();
        for (int n = 0; n < DAMAGED; n++) {
            byte[] value = small.get(random.nextInt(small.size())).clone();
            for (int flips = 1 + random.nextInt(2); flips > 0; flips--) {
                value[10 + random.nextInt(value.length - 10)] ^= (byte) (1 << random.nextInt(8));
            }
            values.add(new Hostile("flipped bits, number " + n, voter, value));
        }
        try (DataOutputStream out =
                new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(dir.resolve("values"))))) {
            for (Hostile hostile : values) {
                out.writeInt(hostile.value().length);
                out.write(hostile.value());
            }
        }
    }

    @Test
    void shouldBeTheSameToRecount() throws Exception {
        assertSame("../../auditor/recount.py", RECOUNTED::contains);
    }

    @Test
    void shouldBeTheSameToTheDecoderThatShowsEvents() throws Exception {
        assertSame("../../schemas/decode.py", any -> true);
    }

    private static void assertSame(String decoder, Predicate<String> known) throws Exception {
        List<String> said = say(decoder);
        assertThat(said).hasSameSizeAs(values);
        List<String> different = new ArrayList<>();
        int whole = 0;
        for (int i = 0; i < values.size(); i++) {
            String here = here(values.get(i).value(), known);
            whole += here.equals("none") ? 0 : 1;
            if (!here.equals(said.get(i))) {
                different.add("%s: %s there, %s here".formatted(values.get(i), said.get(i), here));
            }
        }
        assertThat(different).as("seed %d", SEED).isEmpty();
        assertThat(whole).as("seed %d", SEED).isBetween(1_000, values.size() - 1_000);
    }

    private static String here(byte[] value, Predicate<String> known) throws Exception {
        SpecificRecord event;
        try {
            event = Events.decode(value).event();
        } catch (MalformedEventException e) {
            return "none";
        }
        String kind = event.getSchema().getName();
        if (!known.test(kind)) {
            return "none";
        }
        String held = event instanceof VoteCast vote
                ? String.join(
                        "\0",
                        Stream.concat(Stream.of(vote.getBallotId()), vote.getChoices().stream())
                                .toList())
                : "";
        held = held.replaceAll("\ufffd+", "?");
        byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(held.getBytes(StandardCharsets.UTF_8));
        return kind + " " + HexFormat.of().formatHex(sha256);
    }

    private static List<String> say(String decoder) throws IOException, InterruptedException {
        Path said = dir.resolve("said");
        Process python = new ProcessBuilder(
                        "python3", "-c", SAY, decoder, dir.resolve("values").toString())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        assertThat(python.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(python.exitValue()).as(Files.readString(said)).isZero();
        return Files.readAllLines(said);
    }
}
