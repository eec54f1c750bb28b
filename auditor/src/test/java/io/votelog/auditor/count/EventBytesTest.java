// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.events.Outcome;
import io.votelog.events.RejectionReason;
import io.votelog.events.Salt;
import io.votelog.events.VoteCast;
import io.votelog.events.VoteDecided;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The quick reading must agree with Avro's own reader, whatever the bytes. */
class EventBytesTest {
    private static final long SEED = Long.getLong("votelog.seed", System.nanoTime());
    private static final int EVENTS = 20_000;

    private final Random random = new Random(SEED);
    private final EventBytes bytes = new EventBytes();

    @Test
    void shouldReadEveryVoteThatOrdinaryWritersWrite() throws MalformedEventException {
        for (int i = 0; i < EVENTS; i++) {
            byte[] value = Events.encode(vote());
            assertThat(Vote.read(bytes, value)).as("seed %d, vote %d", SEED, i).isEqualTo(slowVote(value));
        }
    }

    @Test
    void shouldReadEveryVerdictThatOrdinaryWritersWrite() throws MalformedEventException {
        for (int i = 0; i < EVENTS; i++) {
            byte[] value = Events.encode(decided());
            assertThat(PublishedVerdict.read(bytes, value))
                    .as("seed %d, verdict %d", SEED, i)
                    .isEqualTo(slowDecided(value));
        }
    }

    /** Some byte is another one, some bytes are gone, or there are more. */
    @Test
    void shouldReadNothingElseThanAvroDoes() {
        int read = 0;
        for (int i = 0; i < 10 * EVENTS; i++) {
            byte[] vote = damaged(Events.encode(vote()));
            Vote quick = Vote.read(bytes, vote);
            if (quick != null) {
                read++;
                assertThat(quick).as("seed %d, vote %d", SEED, i).isEqualTo(orNull(() -> slowVote(vote)));
            }
            byte[] decided = damaged(Events.encode(decided()));
            PublishedVerdict quickly = PublishedVerdict.read(bytes, decided);
            if (quickly != null) {
                assertThat(quickly).as("seed %d, verdict %d", SEED, i).isEqualTo(orNull(() -> slowDecided(decided)));
            }
        }
        assertThat(read).isPositive();
    }

    /** Avro takes a length that is written too long, and refuses the number of a symbol that is. */
    @Test
    void shouldLeaveToAvroNumbersThatAreWrittenLongerThanTheyNeedToBe() {
        byte[] vote = Events.encode(new VoteCast(new UUID(1, 2), "no", List.of("a"), new Salt(new byte[32])));
        assertThat(Vote.read(bytes, vote)).isNotNull();
        int length = 10 + 16;
        for (int padding = 1; padding < 12; padding++) {
            assertThat(Vote.read(bytes, padded(vote, length, padding))).isNull();
        }
        VoteDecided decided =
                new VoteDecided(new UUID(1, 2), "no", Outcome.ACCEPTED, null, Long.MIN_VALUE, Instant.ofEpochMilli(1));
        byte[] verdict = Events.encode(decided);
        assertThat(PublishedVerdict.read(bytes, verdict)).isNotNull();
        int outcome = 10 + 16 + 3;
        for (int padding = 1; padding < 12; padding++) {
            assertThat(PublishedVerdict.read(bytes, padded(verdict, outcome, padding)))
                    .isNull();
        }
        // The tenth byte of the offset has one bit only.
        verdict[outcome + 2 + 9] |= 2;
        assertThat(PublishedVerdict.read(bytes, verdict)).isNull();
    }

    /** The number of one byte at this place, with so many more bytes that say nothing. */
    private static byte[] padded(byte[] value, int at, int padding) {
        byte[] padded = new byte[value.length + padding];
        System.arraycopy(value, 0, padded, 0, at + 1);
        Arrays.fill(padded, at + 1, at + padding, (byte) 0x80);
        padded[at] |= (byte) 0x80;
        System.arraycopy(value, at + 1, padded, at + 1 + padding, value.length - at - 1);
        return padded;
    }

    @Test
    void shouldReadWhatIsNoTextAsAvroDoes() throws MalformedEventException {
        byte[] whole = Events.encode(new VoteCast(new UUID(1, 2), "aaaa", List.of("aaaa"), new Salt(new byte[32])));
        for (String text :
                List.of("ffffffff", "c3286161", "eda08061", "e28261ff", "f0908080", "c0806161", "f4908080")) {
            byte[] value = whole.clone();
            System.arraycopy(HexFormat.of().parseHex(text), 0, value, 10 + 16 + 1, 4);
            System.arraycopy(HexFormat.of().parseHex(text), 0, value, 10 + 16 + 1 + 4 + 1 + 1, 4);
            assertThat(Vote.read(bytes, value)).as(text).isEqualTo(slowVote(value));
        }
    }

    @Test
    void shouldLeaveToAvroWhatIsOutOfTheOrdinary() {
        assertThat(Vote.read(bytes, null)).isNull();
        assertThat(Vote.read(bytes, new byte[0])).isNull();
        assertThat(Vote.read(bytes, Events.encode(decided()))).isNull();
        VoteCast long65 = new VoteCast(new UUID(1, 2), "x".repeat(65), List.of("a"), new Salt(new byte[32]));
        assertThat(Vote.read(bytes, Events.encode(long65))).isNull();
    }

    private interface Slow<T> {
        T read() throws MalformedEventException;
    }

    private static <T> T orNull(Slow<T> slow) {
        try {
            return slow.read();
        } catch (MalformedEventException e) {
            return null;
        }
    }

    private static Vote slowVote(byte[] value) throws MalformedEventException {
        Vote vote = Vote.of(Events.decode(value, VoteCast.class), Events.VOTE_CAST_FINGERPRINT);
        return new Vote(vote.idHigh(), vote.idLow(), vote.ballotId(), List.copyOf(vote.choices()), vote.schema());
    }

    private static PublishedVerdict slowDecided(byte[] value) throws MalformedEventException {
        return PublishedVerdict.of(Events.decode(value, VoteDecided.class));
    }

    private VoteCast vote() {
        byte[] salt = new byte[32];
        random.nextBytes(salt);
        List<String> choices =
                IntStream.range(0, random.nextInt(12)).mapToObj(any -> name()).toList();
        return new VoteCast(new UUID(random.nextLong(), random.nextLong()), name(), choices, new Salt(salt));
    }

    private VoteDecided decided() {
        RejectionReason[] reasons = RejectionReason.values();
        return new VoteDecided(
                new UUID(random.nextLong(), random.nextLong()),
                name(),
                Outcome.values()[random.nextInt(Outcome.values().length)],
                random.nextBoolean() ? null : reasons[random.nextInt(reasons.length)],
                random.nextLong() >> random.nextInt(64),
                Instant.ofEpochMilli(random.nextLong() >> 20 + random.nextInt(40)));
    }

    /** Mostly names that come again, some with letters of more than a byte. */
    private String name() {
        return switch (random.nextInt(8)) {
            case 0 -> "";
            case 1 -> "海关-" + random.nextInt(100);
            case 2 -> Long.toString(random.nextLong(), 36);
            default -> "%02d".formatted(random.nextInt(43));
        };
    }

    private byte[] damaged(byte[] whole) {
        byte[] damaged = Arrays.copyOf(whole, whole.length + (random.nextInt(4) == 0 ? random.nextInt(5) - 2 : 0));
        for (int i = random.nextInt(3); i > 0; i--) {
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
        }
        return damaged;
    }
}
