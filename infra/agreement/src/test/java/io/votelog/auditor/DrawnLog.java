// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor;

import io.votelog.events.BallotStage;
import io.votelog.events.PepperFingerprint;
import io.votelog.events.Salt;
import io.votelog.events.VoteCast;
import io.votelog.rules.Ballot;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.registry.RegistryForm;
import java.nio.ByteBuffer;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * A random log: records of partition 0 of votes, drawn from a seed. It has everything that a log may hold, and much
 * that it should not.
 */
final class DrawnLog {
    private static final KeyPair PAIR = LogSigner.newKeyPair();
    private static final LogSigner SIGNER = signer(PAIR);
    private static final LogSigner STRANGER = signer(LogSigner.newKeyPair());
    /**
     * The number of partitions of the ballot "split"; other ballots have one. So there are results, and votes that
     * belong into another partition.
     */
    private static final int PARTITIONS = 2;

    /** Texts that cannot be the id of a ballot. */
    private static final List<String> NO_IDS =
            List.of("", "a", "Open", "-open", "open-\u00fc", "\uFFFD\uFFFD", "o".repeat(64));

    private static final List<String> NO_TEXTS =
            List.of("ff", "c328", "eda080", "e282", "f0908080", "c080", "f4908080");

    private static final int RECORDS = 400;
    private static final Instant START = Instant.parse("2021-12-05T00:00:00Z");
    private static final int STEP_MS = 1000;
    private static final int SALT = 32;

    /** The place of the length of a vote's ballot id: after the encoding's ten bytes and the vote's id. */
    private static final int ID_AT = 10 + 16;

    private final Random random;
    /** Draws the forms alone, so that what is written does not depend on how. */
    private final Random forms;

    private final List<Record> records = new ArrayList<>();
    private final List<BallotDefinition> ballots;

    /** A record of the log. */
    record Record(byte[] key, byte[] value, long timestampMs, Headers headers) {}

    DrawnLog(long seed) {
        random = new Random(seed);
        forms = new Random(~seed);
        int end = RECORDS * STEP_MS;
        ballots = List.of(
                ballot("open", 3, 4, 3, 0, end * 2),
                ballot("narrow", 3, 4, 1, 0, end * 2),
                ballot("short", 3, 3, 3, random.nextInt(end), random.nextInt(end) + end / 2),
                ballot("ends", 5, 6, 5, 0, 1 + random.nextInt(end)),
                // More options than fit into two 64-bit words.
                ballot("wide", 90, 5, 90, 0, end * 2),
                ballot("split", 3, 4, 3, 0, end * 2),
                ballot("never", 3, 4, 3, 0, end * 2));
        draw();
    }

    private static LogSigner signer(KeyPair pair) {
        return LogSigner.of(LogSigner.privateKeyText(pair), LogKeys.publicKeyText(pair.getPublic()));
    }

    static LogKeys keys() {
        return SIGNER.publicKey();
    }

    static String publicKey() {
        return LogKeys.publicKeyText(PAIR.getPublic());
    }

    List<Record> records() {
        return records;
    }

    /** The records of the topic of ballots, which say what was published first. */
    List<byte[]> claims() {
        return ballots.stream()
                .map(ballot ->
                        published(SIGNER, ballot, LogSigner.CLAIM, partitions(ballot), Events.VOTE_CAST_FINGERPRINT))
                .toList();
    }

    private static BallotDefinition ballot(
            String id, int options, int most, int mostOfSection, int opensAfterMs, int closesAfterMs) {
        Map<String, Object> plain = Map.of(
                "ballotId", id,
                "title", "A vote on " + id,
                "window",
                        Map.of(
                                "opensAt", START.plusMillis(opensAfterMs).toString(),
                                "closesAt",
                                        START.plusMillis(Math.max(opensAfterMs + 1, closesAfterMs))
                                                .toString()),
                "picks", Map.of("min", 2, "max", most),
                "sections", List.of(section("A", "a", options, mostOfSection), section("B", "b", options, options)),
                "results", Map.of("visibility", id.equals("narrow") ? "after-close" : "live"));
        return BallotDefinition.of(((Ballot.Definition.Valid) Ballot.parse(plain)).ballot());
    }

    private static Map<String, Object> section(String id, String prefix, int options, int most) {
        List<Map<String, Object>> list = new ArrayList<>();
        for (int n = 1; n <= options; n++) {
            // Titles that gateways no longer accept: older logs have such ballots, and they are valid there.
            list.add(Map.of("id", prefix + n, "title", n % 2 == 0 ? "\u202eOption" : "Option " + prefix + n));
        }
        return Map.of("id", id, "title", "Section " + id, "picks", Map.of("min", 1, "max", most), "options", list);
    }

    private void draw() {
        for (BallotDefinition ballot : ballots.subList(0, random.nextInt(ballots.size()))) {
            add(null, good(ballot));
        }
        while (records.size() < RECORDS) {
            BallotDefinition ballot = ballots.get(random.nextInt(ballots.size()));
            switch (random.nextInt(20)) {
                case 0 -> add(null, order(ballot));
                case 1 -> add(random.nextBoolean() ? null : voter(), junk(ballot));
                case 2 -> add(badKey(), vote(ballot));
                case 3, 4 -> add(null, annulment(ballot));
                case 5 -> add(random.nextInt(4) == 0 ? badKey() : voter(random.nextInt(PARTITIONS)), odd(ballot));
                default -> add(voter(), vote(ballot));
            }
        }
    }

    private void add(byte[] key, byte[] value) {
        long timestampMs = START.toEpochMilli() + (long) records.size() * STEP_MS;
        // The clock of another leader, which is behind the last one's.
        long behindMs = random.nextInt(5) == 0 ? random.nextInt(20 * STEP_MS) : 0;
        RecordHeaders headers = new RecordHeaders();
        byte[] written = inSomeForm(value, headers);
        records.add(new Record(key, written, timestampMs - behindMs, headers));
    }

    /** The event in single-object encoding, in registry form, or in what is neither for want of the right header. */
    private byte[] inSomeForm(byte[] value, Headers headers) {
        if (value == null || value.length < 10 || forms.nextInt(2) == 0) {
            if (forms.nextInt(10) == 0) {
                // A header that says nothing, since the value is not in registry form.
                headers.add(RegistryForm.HEADER, new byte[8]);
            }
            return value;
        }
        byte[] fingerprint = Arrays.copyOfRange(value, 2, 10);
        headers.add("ce_type", new byte[0]);
        switch (forms.nextInt(120)) {
            case 0 -> {}
            case 1 -> headers.add(RegistryForm.HEADER, Arrays.copyOf(fingerprint, forms.nextInt(8)));
            case 2 -> headers.add(RegistryForm.HEADER, Arrays.copyOf(fingerprint, 9));
            case 3 -> headers.add(RegistryForm.HEADER, fingerprint).add(RegistryForm.HEADER, fingerprint);
            case 4 -> headers.add(RegistryForm.HEADER, fingerprint).add(RegistryForm.HEADER, new byte[3]);
            case 5 -> headers.add(RegistryForm.HEADER, null);
            case 6 -> headers.add(RegistryForm.HEADER.toUpperCase(Locale.ROOT), fingerprint);
            case 7 -> headers.add(RegistryForm.HEADER, new byte[8]);
            default -> headers.add(RegistryForm.HEADER, fingerprint);
        }
        ByteBuffer written = ByteBuffer.allocate(value.length - 5)
                .put((byte) (forms.nextInt(100) == 0 ? 1 : 0))
                .putInt(forms.nextInt())
                .put(value, 10, value.length - 10);
        return forms.nextInt(100) == 0 ? Arrays.copyOf(written.array(), forms.nextInt(6)) : written.array();
    }

    private static int partitions(BallotDefinition ballot) {
        return ballot.ballot().id().equals("split") ? PARTITIONS : 1;
    }

    private byte[] good(BallotDefinition ballot) {
        if (ballot.ballot().id().equals("never")) {
            return published(SIGNER, ballot, 0, partitions(ballot), 4711L);
        }
        return published(SIGNER, ballot, 0, partitions(ballot), Events.VOTE_CAST_FINGERPRINT);
    }

    private static byte[] published(
            LogSigner signer, BallotDefinition ballot, int partition, int partitions, long voteSchema) {
        return signer.published(ballot, partition, partitions, List.of(voteSchema), new PepperFingerprint(new byte[8]));
    }

    /** A control record, valid in most cases. */
    private byte[] order(BallotDefinition ballot) {
        String id = ballot.ballot().id();
        BallotDefinition other = ballot(id, 4, 4, 4, 0, 9_999_999);
        return switch (random.nextInt(16)) {
            case 0 -> published(STRANGER, ballot, 0, partitions(ballot), Events.VOTE_CAST_FINGERPRINT);
            case 1 -> published(SIGNER, ballot, 1, PARTITIONS, Events.VOTE_CAST_FINGERPRINT);
            case 2 -> published(SIGNER, other, 0, partitions(ballot), Events.VOTE_CAST_FINGERPRINT);
            case 3 -> published(SIGNER, ballot, 0, 0, Events.VOTE_CAST_FINGERPRINT);
            case 4 -> STRANGER.closed(id, ballot.digest(), 0);
            case 5 -> SIGNER.closed(id, ballot.digest(), 1);
            case 6 -> SIGNER.closed(id, other.digest(), 0);
            case 7 -> SIGNER.closed(id, ballot.digest(), 0);
            case 8 -> SIGNER.ended(id, ballot.digest(), 0);
            case 9 -> STRANGER.ended(id, ballot.digest(), 0);
            case 10 -> SIGNER.ended(id, other.digest(), random.nextInt(2));
            case 11 -> SIGNER.ready(id, ballot.digest(), BallotStage.PUBLISHED);
            default -> good(ballot);
        };
    }

    /** An annulment, in most cases of a vote that may exist. */
    private byte[] annulment(BallotDefinition ballot) {
        String id = ballot.ballot().id();
        Receipt receipt = new Receipt(Pseudonym.of(voter()), voteId());
        return switch (random.nextInt(20)) {
            case 0 -> STRANGER.annulled(id, ballot.digest(), receipt, "fraud", 0);
            case 1 -> SIGNER.annulled(id, ballot.digest(), receipt, "fraud", 1);
            case 2 -> SIGNER.annulled(id, ballot(id, 4, 4, 4, 0, 9_999_999).digest(), receipt, "fraud", 0);
            case 3 -> SIGNER.annulled("unknown", ballot.digest(), receipt, "fraud", 0);
            case 4 -> SIGNER.annulled(id, ballot.digest(), new Receipt(Pseudonym.of(voter(1)), voteId()), "fraud", 0);
            case 5 -> SIGNER.annulled(id, ballot.digest(), receipt, "", 0);
            case 6 -> SIGNER.annulled(id, ballot.digest(), receipt, "𝄞".repeat(501), 0);
            case 7 -> SIGNER.annulled(id, ballot.digest(), receipt, "two\u0085lines", 0);
            case 8 -> SIGNER.annulled(id, ballot.digest(), receipt, "𝄞".repeat(500), 0);
            default -> SIGNER.annulled(id, ballot.digest(), receipt, "盗用账号", 0);
        };
    }

    private UUID voteId() {
        return new UUID(0x4000L, random.nextInt(6));
    }

    private byte[] junk(BallotDefinition ballot) {
        byte[] vote = vote(ballot);
        switch (random.nextInt(4)) {
            case 0 -> {
                return null;
            }
            case 1 -> {
                byte[] bytes = new byte[random.nextInt(60)];
                random.nextBytes(bytes);
                return bytes;
            }
            case 2 -> {
                return Arrays.copyOf(vote, random.nextInt(vote.length + 3));
            }
            default -> {
                vote[random.nextInt(vote.length)] ^= (byte) (1 << random.nextInt(8));
                return vote;
            }
        }
    }

    /**
     * A vote with an invalid or unpublished ballot id, with bytes that are no text, or with a number that is encoded in
     * more bytes than it needs.
     */
    private byte[] odd(BallotDefinition ballot) {
        String option = random.nextBoolean() ? "a1" : "none";
        String id = ballot.ballot().id();
        return switch (random.nextInt(4)) {
            case 0 -> cast(NO_IDS.get(random.nextInt(NO_IDS.size())), List.of(option, "b1"));
            case 1 -> cast("nowhere", List.of(option, "b1"));
            case 2 -> {
                // The text has the length of the option's id in one case, and of the ballot's id in the other.
                byte[] text = HexFormat.of().parseHex(NO_TEXTS.get(random.nextInt(NO_TEXTS.size())));
                String place = "x".repeat(text.length);
                boolean inId = random.nextBoolean();
                byte[] vote = inId ? cast(place, List.of(option, "b1")) : cast(id, List.of(option, place));
                int at = inId ? ID_AT + 1 : vote.length - SALT - 1 - text.length;
                System.arraycopy(text, 0, vote, at, text.length);
                yield vote;
            }
            default -> padded(cast(id, List.of(option, "b1")), ID_AT, 1 + random.nextInt(10));
        };
    }

    /** Encodes the one-byte number at this place with {@code padding} further bytes that do not change its value. */
    private static byte[] padded(byte[] value, int at, int padding) {
        byte[] padded = new byte[value.length + padding];
        System.arraycopy(value, 0, padded, 0, at + 1);
        Arrays.fill(padded, at + 1, at + padding, (byte) 0x80);
        padded[at] |= (byte) 0x80;
        System.arraycopy(value, at + 1, padded, at + 1 + padding, value.length - at - 1);
        return padded;
    }

    private byte[] cast(String ballotId, List<String> choices) {
        return Events.encode(new VoteCast(voteId(), ballotId, choices, new Salt(new byte[SALT])));
    }

    private byte[] vote(BallotDefinition ballot) {
        List<String> choices = new ArrayList<>();
        int picks = random.nextInt(12) == 0 ? 0 : 1 + random.nextInt(4);
        int options = ballot.ballot().optionCount() / 2;
        for (int i = 0; i < picks; i++) {
            // Few different options, so that votes are repeated; on the wide ballot also some of its last options.
            int option = 1 + random.nextInt(3) + (random.nextBoolean() ? Math.max(0, options - 5) : 0);
            choices.add((i % 2 == 0 || random.nextInt(6) == 0 ? "a" : "b")
                    + (random.nextInt(40) == 0 ? options + 1 : option));
        }
        String id = random.nextInt(30) == 0 ? "unknown" : ballot.ballot().id();
        return cast(id, choices);
    }

    private byte[] voter() {
        return voter(0);
    }

    private byte[] badKey() {
        return switch (random.nextInt(3)) {
            case 0 -> null;
            case 1 -> new byte[random.nextInt(30)];
            default -> voter(1);
        };
    }

    /** One of ten voters whose votes belong into this partition. */
    private byte[] voter(int partition) {
        int wanted = random.nextInt(10);
        for (int number = 0; ; number++) {
            byte[] key = ByteBuffer.allocate(Pseudonym.LENGTH)
                    .putLong(0x9E3779B97F4A7C15L * (number + 1))
                    .putLong(number)
                    .array();
            if (Pseudonym.partition(key, PARTITIONS) == partition && wanted-- == 0) {
                return key;
            }
        }
    }
}
