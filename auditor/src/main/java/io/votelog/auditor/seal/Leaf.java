// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.seal;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * An entry of the sealed log, in the format that any reader can decode. Numbers are big-endian; a text follows its
 * length in one byte.
 *
 * <pre>
 *   01 vote        partition 4, offset 8, commitments to voter, choices and record, 32 each
 *   02 control     partition 4, offset 8, SHA-256 of the record
 *   03 no vote     partition 4, offset 8, SHA-256 of the record
 *   04 seal        sequence 8, number of partitions 4, for each the offset behind its last sealed record 8
 *   05 result      sequence 8, the statement, JSON in UTF-8, up to the end
 *   11 verdict     partition 4, offset 8, outcome, reason; texts
 *   12 obeyed      partition 4, offset 8: a control record
 *   13 put aside   partition 4, offset 8, cause; a text
 *   14 undecided   partition 4, offset 8: nothing was published on a vote
 * </pre>
 *
 * Kinds 01 to 03 are in the tree of votes, 11 to 14 in the tree of verdicts, 04 and 05 in both.
 */
public sealed interface Leaf {
    /** The length of a hash in bytes. */
    int HASH = 32;

    /** The kind of the leaf, its first byte; so are the others below, and the table above says what follows. */
    byte VOTE = 0x01;

    byte CONTROL = 0x02;
    byte NO_VOTE = 0x03;
    byte SEAL = 0x04;
    byte RESULT = 0x05;
    byte VERDICT = 0x11;
    byte OBEYED = 0x12;
    byte PUT_ASIDE = 0x13;
    byte UNDECIDED = 0x14;

    /** The entry's bytes. */
    byte[] entry();

    /** A leaf about one record of votes. */
    sealed interface OfRecord extends Leaf {
        /** The partition of votes in which the record stands. */
        int partition();

        /** The record's offset in its partition. */
        long offset();
    }

    /**
     * The commitments to a record of votes.
     *
     * @param kind {@link #VOTE}, {@link #CONTROL} or {@link #NO_VOTE}
     * @param commitments to voter, choices and record; for a record that is no vote, the record's hash alone
     */
    record Record(byte kind, int partition, long offset, byte[] commitments) implements OfRecord {
        /** The commitment to the voter, the first of the three; of a record that is a vote. */
        public byte[] voter() {
            return Arrays.copyOf(commitments, HASH);
        }

        /** The commitment to the record: the last of the three of a vote, and the only one of another record. */
        public byte[] record() {
            return Arrays.copyOfRange(commitments, commitments.length - HASH, commitments.length);
        }

        @Override
        public byte[] entry() {
            return head(kind, partition, offset, commitments.length)
                    .put(commitments)
                    .array();
        }
    }

    /** The published verdict on a vote; the reason is empty unless the vote is rejected. */
    record Verdict(int partition, long offset, String outcome, String reason) implements OfRecord {
        @Override
        public byte[] entry() {
            ByteBuffer entry = head(VERDICT, partition, offset, outcome.length() + reason.length() + 2);
            text(entry, outcome);
            text(entry, reason);
            return entry.array();
        }
    }

    /** A control record that was obeyed; no verdict is published on it. */
    record Obeyed(int partition, long offset) implements OfRecord {
        @Override
        public byte[] entry() {
            return head(OBEYED, partition, offset, 0).array();
        }
    }

    /** A record that is no event and is among the dead letters. */
    record PutAside(int partition, long offset, String cause) implements OfRecord {
        @Override
        public byte[] entry() {
            ByteBuffer entry = head(PUT_ASIDE, partition, offset, cause.length() + 1);
            text(entry, cause);
            return entry.array();
        }
    }

    /** A vote without a published verdict, although the streams apps had counted past it. */
    record Undecided(int partition, long offset) implements OfRecord {
        @Override
        public byte[] entry() {
            return head(UNDECIDED, partition, offset, 0).array();
        }
    }

    /** The first leaf of a seal of records. */
    record Ends(long sequence, long[] ends) implements Leaf {
        @Override
        public byte[] entry() {
            ByteBuffer entry = ByteBuffer.allocate(1 + 8 + 4 + 8 * ends.length)
                    .put(SEAL)
                    .putLong(sequence)
                    .putInt(ends.length);
            for (long end : ends) {
                entry.putLong(end);
            }
            return entry.array();
        }
    }

    /** A final result of a ballot. */
    record Result(long sequence, String statement) implements Leaf {
        @Override
        public byte[] entry() {
            byte[] text = statement.getBytes(StandardCharsets.UTF_8);
            return ByteBuffer.allocate(1 + 8 + text.length)
                    .put(RESULT)
                    .putLong(sequence)
                    .put(text)
                    .array();
        }
    }

    /**
     * The leaf with this entry.
     *
     * @throws IllegalArgumentException when the entry is no leaf
     */
    static Leaf parse(byte[] entry) {
        ByteBuffer bytes = ByteBuffer.wrap(entry);
        try {
            byte kind = bytes.get();
            Leaf leaf =
                    switch (kind) {
                        case VOTE -> new Record(kind, bytes.getInt(), bytes.getLong(), hashes(bytes, 3));
                        case CONTROL, NO_VOTE -> new Record(kind, bytes.getInt(), bytes.getLong(), hashes(bytes, 1));
                        case SEAL -> new Ends(bytes.getLong(), numbers(bytes));
                        case RESULT -> new Result(bytes.getLong(), rest(bytes));
                        case VERDICT -> new Verdict(bytes.getInt(), bytes.getLong(), text(bytes), text(bytes));
                        case OBEYED -> new Obeyed(bytes.getInt(), bytes.getLong());
                        case PUT_ASIDE -> new PutAside(bytes.getInt(), bytes.getLong(), text(bytes));
                        case UNDECIDED -> new Undecided(bytes.getInt(), bytes.getLong());
                        default -> throw new IllegalArgumentException("a leaf of kind %02x".formatted(kind));
                    };
            if (bytes.hasRemaining()) {
                throw new IllegalArgumentException("%d bytes behind a leaf".formatted(bytes.remaining()));
            }
            return leaf;
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException(
                    "a leaf that is cut short: " + HexFormat.of().formatHex(entry), e);
        }
    }

    private static ByteBuffer head(byte kind, int partition, long offset, int more) {
        return ByteBuffer.allocate(1 + 4 + 8 + more).put(kind).putInt(partition).putLong(offset);
    }

    private static void text(ByteBuffer entry, String text) {
        entry.put((byte) text.length()).put(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String text(ByteBuffer entry) {
        byte[] text = new byte[entry.get() & 0xff];
        entry.get(text);
        return new String(text, StandardCharsets.US_ASCII);
    }

    private static byte[] hashes(ByteBuffer entry, int count) {
        byte[] hashes = new byte[count * HASH];
        entry.get(hashes);
        return hashes;
    }

    private static long[] numbers(ByteBuffer entry) {
        int count = entry.getInt();
        if (count < 0 || count > entry.remaining() / Long.BYTES) {
            throw new BufferUnderflowException();
        }
        long[] numbers = new long[count];
        for (int at = 0; at < count; at++) {
            numbers[at] = entry.getLong();
        }
        return numbers;
    }

    private static String rest(ByteBuffer entry) {
        byte[] text = new byte[entry.remaining()];
        entry.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }
}
