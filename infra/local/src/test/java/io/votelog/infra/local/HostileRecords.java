// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import io.votelog.events.BallotClosed;
import io.votelog.events.BallotEnded;
import io.votelog.events.BallotPublished;
import io.votelog.events.BallotReady;
import io.votelog.events.BallotResults;
import io.votelog.events.BallotSealed;
import io.votelog.events.CheckpointSigned;
import io.votelog.events.LogSealed;
import io.votelog.events.PartitionTally;
import io.votelog.events.PartitionTurnout;
import io.votelog.events.VoteAnnulled;
import io.votelog.events.VoteCast;
import io.votelog.events.VoteDecided;
import io.votelog.schemas.registry.RegistryForm;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * Values and keys that nobody should write into votes, made from the schemas: each field of each event empty, at its largest and
 * wrong in every way that its type has; whole values that are cut, go on, or are none; control records with the log's own signature
 * on what no gateway would sign.
 */
final class HostileRecords {
    /** As much as fits into a batch of votes, together with the rest of a record. */
    private static final int LARGE = 900_000;

    private static final List<Schema> SCHEMAS = List.of(
            VoteCast.getClassSchema(),
            BallotPublished.getClassSchema(),
            BallotClosed.getClassSchema(),
            BallotEnded.getClassSchema(),
            VoteAnnulled.getClassSchema(),
            BallotReady.getClassSchema(),
            VoteDecided.getClassSchema(),
            PartitionTally.getClassSchema(),
            PartitionTurnout.getClassSchema(),
            BallotResults.getClassSchema(),
            LogSealed.getClassSchema(),
            BallotSealed.getClassSchema(),
            CheckpointSigned.getClassSchema());

    private final PrivateKey privateKey;
    private final Map<String, Object> plain;
    private final List<Hostile> made = new ArrayList<>();

    /**
     * @param privateKey the log's own
     * @param plain what a field of that name holds where another field is the hostile one: text, a number, or bytes
     */
    private HostileRecords(PrivateKey privateKey, Map<String, Object> plain) {
        this.privateKey = privateKey;
        this.plain = plain;
    }

    /** One record, and what is odd about it. */
    record Hostile(String what, byte @Nullable [] key, byte @Nullable [] value, List<Header> headers) {
        Hostile(String what, byte @Nullable [] key, byte @Nullable [] value) {
            this(what, key, value, List.of());
        }

        Hostile(String what, byte @Nullable [] key, byte @Nullable [] value, Map<String, byte[]> headers) {
            this(
                    what,
                    key,
                    value,
                    headers.entrySet().stream()
                            .<Header>map(header -> new RecordHeader(header.getKey(), header.getValue()))
                            .toList());
        }

        @Override
        public String toString() {
            return what;
        }
    }

    /**
     * All of them.
     *
     * @param voter a key of 16 bytes
     * @param vote a vote that would count
     */
    static List<Hostile> all(
            PrivateKey privateKey, Map<String, Object> plain, byte[] voter, byte[] vote, Random random) {
        HostileRecords records = new HostileRecords(privateKey, plain);
        for (Schema schema : SCHEMAS) {
            records.fieldsOf(schema, voter);
        }
        records.wholeValues(voter, vote, random);
        records.keys(vote);
        records.headers(voter, vote);
        records.registryForm(voter, vote, random);
        return records.made;
    }

    private void fieldsOf(Schema schema, byte[] voter) {
        boolean signed = schema.getField("signature") != null;
        byte @Nullable [] key = schema.getName().equals("VoteCast") ? voter : null;
        for (Schema.Field hostile : schema.getFields()) {
            odd(hostile.schema(), (what, bytes) -> {
                ByteArrayOutputStream value = header(schema);
                for (Schema.Field field : schema.getFields()) {
                    value.writeBytes(field == hostile ? bytes : plain(field));
                }
                String name = "%s.%s %s".formatted(schema.getName(), hostile.name(), what);
                made.add(new Hostile(name, key, value.toByteArray()));
                if (signed && !hostile.name().equals("signature")) {
                    made.add(new Hostile(name + ", signed", key, sign(value.toByteArray())));
                }
            });
        }
    }

    /** Every odd way to write a value of this type. */
    private void odd(Schema schema, BiConsumer<String, byte[]> take) {
        switch (schema.getType()) {
            case STRING -> {
                take.accept("empty", number(0));
                take.accept("large and no UTF-8", text(filled(LARGE, 0xFF)));
                take.accept("large", text(filled(LARGE, 'a')));
                take.accept("a surrogate alone", text(new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80, 'a'}));
                take.accept("with zeros", text(new byte[] {'a', 0, 'b', 0}));
                take.accept("with a slash", text("gz-customs-2021/head".getBytes(StandardCharsets.UTF_8)));
                take.accept(
                        "of large characters",
                        text("\uD83D\uDDF3".repeat(LARGE / 4).getBytes(StandardCharsets.UTF_8)));
                take.accept("nested", text("[".repeat(200_000).getBytes(StandardCharsets.UTF_8)));
                take.accept("of negative length", number(-1));
                take.accept("longer than the record", number(1 << 19));
                take.accept("longer than memory", number(Integer.MAX_VALUE));
                take.accept("longer than numbers", number(Long.MAX_VALUE));
            }
            case INT, LONG -> {
                for (long extreme :
                        new long[] {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE}) {
                    take.accept("is " + extreme, number(extreme));
                }
                take.accept("written longer than it must be", new byte[] {(byte) 0x82, (byte) 0x80, 0});
                take.accept("without end", filled(11, 0xFF));
            }
            case BOOLEAN -> take.accept("neither", new byte[] {7});
            case FIXED -> {
                take.accept("of ones", filled(schema.getFixedSize(), 0xFF));
                take.accept("too short", filled(schema.getFixedSize() - 1, 0));
                take.accept("too long", filled(schema.getFixedSize() + 1, 0));
            }
            case ENUM -> {
                take.accept("unspecified", number(0));
                take.accept("negative", number(-1));
                take.accept("beyond its symbols", number(schema.getEnumSymbols().size()));
                take.accept("far beyond its symbols", number(Integer.MAX_VALUE));
            }
            case UNION -> {
                take.accept("of a negative branch", number(-1));
                take.accept("of no branch", number(schema.getTypes().size()));
            }
            case ARRAY -> {
                Schema item = schema.getElementType();
                byte[] one = plain("", item);
                take.accept("empty", number(0));
                take.accept("of as many as fit", items(Math.min(65_535, LARGE / one.length), one));
                take.accept("of more than are read", items(Math.min(70_000, LARGE / one.length), one));
                take.accept("of a count beyond memory", number(Integer.MAX_VALUE));
                take.accept("of a count beyond numbers", number(Long.MAX_VALUE));
                take.accept("of the least count", concat(number(Long.MIN_VALUE), number(0)));
                take.accept("of a block that lies about its size", concat(number(-1), number(1 << 30), one, number(0)));
                take.accept(
                        "of many blocks",
                        concat(
                                repeated(concat(number(1), one), Math.min(60_000, LARGE / (one.length + 1))),
                                number(0)));
                odd(item, (what, bytes) -> take.accept("with an item " + what, concat(number(1), bytes, number(0))));
            }
            case RECORD -> {
                for (Schema.Field hostile : schema.getFields()) {
                    odd(hostile.schema(), (what, bytes) -> {
                        ByteArrayOutputStream value = new ByteArrayOutputStream();
                        for (Schema.Field field : schema.getFields()) {
                            value.writeBytes(field == hostile ? bytes : plain(field));
                        }
                        take.accept("whose %s %s".formatted(hostile.name(), what), value.toByteArray());
                    });
                }
            }
            default -> throw new IllegalStateException("the events have got a type that is not known here: " + schema);
        }
    }

    private void wholeValues(byte[] voter, byte[] vote, Random random) {
        made.add(new Hostile("no value", voter, null));
        made.add(new Hostile("neither key nor value", null, null));
        made.add(new Hostile("an empty value", voter, new byte[0]));
        made.add(new Hostile("text", voter, "{\"choices\":[\"01\",\"25\"]}".getBytes(StandardCharsets.UTF_8)));
        made.add(new Hostile("zeros", voter, new byte[LARGE]));
        made.add(new Hostile(
                "a schema that nobody knows", voter, concat(new byte[] {(byte) 0xC3, 1}, filled(8, 0xAA), vote)));
        made.add(new Hostile("the Confluent wire format", voter, concat(new byte[] {0, 0, 0, 0, 1}, vote)));
        made.add(new Hostile("bytes left over", voter, Arrays.copyOf(vote, vote.length + 1)));
        made.add(new Hostile("many bytes left over", voter, Arrays.copyOf(vote, LARGE)));
        made.add(new Hostile("two votes in one", voter, concat(vote, vote)));
        for (int length = 1; length < vote.length; length += 7) {
            made.add(new Hostile("cut at " + length, voter, Arrays.copyOf(vote, length)));
        }
        for (int drawn = 0; drawn < 40; drawn++) {
            byte[] changed = vote.clone();
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            made.add(new Hostile("a flipped bit, number " + drawn, voter, changed));
            byte[] noise = new byte[random.nextInt(drawn % 4 == 0 ? LARGE : 300)];
            random.nextBytes(noise);
            made.add(new Hostile("noise, number " + drawn, voter, noise));
        }
    }

    private void keys(byte[] vote) {
        made.add(new Hostile("no key", null, vote));
        for (int length : new int[] {0, 1, 15, 17, 64, 100_000, LARGE}) {
            made.add(new Hostile("a key of %d bytes".formatted(length), filled(length, 0xFF), vote));
        }
        for (int drawn = 0; drawn < 8; drawn++) {
            // Three in four of these belong into another partition than the one that they come to.
            made.add(new Hostile("a key that may belong elsewhere, number " + drawn, filled(16, drawn), vote));
        }
    }

    private void headers(byte[] voter, byte[] vote) {
        made.add(new Hostile("a large header", voter, vote, Map.of("ce_id", new byte[LARGE])));
        made.add(new Hostile("a large name of a header", voter, vote, Map.of("n".repeat(LARGE), new byte[0])));
        made.add(new Hostile(
                "headers as of a dead letter",
                voter,
                vote,
                Map.of("votelog-offset", new byte[] {'0'}, "votelog-cause", new byte[0])));
        made.add(new Hostile(
                "a large header of what is no vote", voter, new byte[] {1}, Map.of("ce_id", new byte[LARGE])));
        Map<String, byte[]> many = new java.util.HashMap<>();
        for (int header = 0; header < 50_000; header++) {
            many.put("h" + header, new byte[4]);
        }
        made.add(new Hostile("many headers", voter, vote, many));
    }

    /** Events as tools with a schema registry write them, and what nearly is one. */
    private void registryForm(byte[] voter, byte[] vote, Random random) {
        List<Hostile> singleObjects = made.stream()
                .filter(one -> one.value() != null && one.value().length >= 10 && one.value()[0] == (byte) 0xC3)
                .filter(one -> random.nextInt(5) == 0)
                .toList();
        for (Hostile one : singleObjects) {
            List<Header> headers = new ArrayList<>(one.headers());
            headers.add(mark(Arrays.copyOfRange(one.value(), 2, 10)));
            made.add(new Hostile(one.what() + ", in registry form", one.key(), inRegistryForm(one.value()), headers));
        }
        byte[] value = inRegistryForm(vote);
        Header mark = mark(Arrays.copyOfRange(vote, 2, 10));
        made.add(new Hostile("registry form without its header", voter, value));
        made.add(new Hostile("registry form with its header twice", voter, value, List.of(mark, mark)));
        made.add(new Hostile(
                "registry form with another header of its name", voter, value, List.of(mark, mark(new byte[1]))));
        made.add(new Hostile("registry form with a header of nothing", voter, value, List.of(mark(null))));
        for (int length : new int[] {0, 7, 9, 100_000}) {
            made.add(new Hostile(
                    "registry form with a header of %d bytes".formatted(length),
                    voter,
                    value,
                    List.of(mark(Arrays.copyOf(mark.value(), length)))));
        }
        made.add(new Hostile("registry form of an unknown schema", voter, value, List.of(mark(filled(8, 0xAA)))));
        made.add(new Hostile("single-object encoding with a header that says more", voter, vote, List.of(mark, mark)));
        made.add(new Hostile("a body of nothing in registry form", voter, new byte[5], List.of(mark)));
        made.add(new Hostile(
                "registry form of single-object encoding", voter, concat(new byte[5], vote), List.of(mark)));
        for (int length = 0; length < value.length; length += 3) {
            made.add(
                    new Hostile("registry form, cut at " + length, voter, Arrays.copyOf(value, length), List.of(mark)));
        }
    }

    private static Header mark(byte @Nullable [] fingerprint) {
        return new RecordHeader(RegistryForm.HEADER, fingerprint);
    }

    private static byte[] inRegistryForm(byte[] singleObject) {
        return concat(new byte[] {0, 0, 0, 0, 42}, Arrays.copyOfRange(singleObject, 10, singleObject.length));
    }

    private byte[] plain(Schema.Field field) {
        return plain(field.name(), field.schema());
    }

    /** What an ordinary writer would put there. */
    private byte[] plain(String name, Schema schema) {
        Object given = plain.get(name);
        return switch (schema.getType()) {
            case STRING -> text((given instanceof String text ? text : "gz").getBytes(StandardCharsets.UTF_8));
            case INT, LONG -> number(given instanceof Number number ? number.longValue() : 1);
            case BOOLEAN -> new byte[] {0};
            case FIXED ->
                given instanceof byte[] bytes && bytes.length == schema.getFixedSize()
                        ? bytes
                        : new byte[schema.getFixedSize()];
            case ENUM -> number(1);
            case UNION -> number(0);
            case ARRAY -> concat(number(1), plain("item", schema.getElementType()), number(0));
            case RECORD -> {
                ByteArrayOutputStream value = new ByteArrayOutputStream();
                schema.getFields().forEach(field -> value.writeBytes(plain(field)));
                yield value.toByteArray();
            }
            default -> throw new IllegalStateException("the events have got a type that is not known here: " + schema);
        };
    }

    /** With the log's own signature in place of the last 64 bytes. */
    private byte[] sign(byte[] value) {
        int signedLength = value.length - 64;
        if (signedLength < 0) {
            return value;
        }
        try {
            Signature ed25519 = Signature.getInstance("Ed25519");
            ed25519.initSign(privateKey);
            ed25519.update("votelog control record v1\n".getBytes(StandardCharsets.UTF_8));
            ed25519.update(value, 0, signedLength);
            System.arraycopy(ed25519.sign(), 0, value, signedLength, 64);
            return value;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static ByteArrayOutputStream header(Schema schema) {
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        value.writeBytes(ByteBuffer.allocate(10)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 0xC3)
                .put((byte) 1)
                .putLong(SchemaNormalization.parsingFingerprint64(schema))
                .array());
        return value;
    }

    /** A number as Avro writes it: zigzag, seven bits a byte. */
    private static byte[] number(long number) {
        long bits = number << 1 ^ number >> 63;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while ((bits & ~0x7FL) != 0) {
            bytes.write((int) (bits & 0x7F | 0x80));
            bits >>>= 7;
        }
        bytes.write((int) bits);
        return bytes.toByteArray();
    }

    private static byte[] text(byte[] utf8) {
        return concat(number(utf8.length), utf8);
    }

    private static byte[] items(int count, byte[] item) {
        return concat(number(count), repeated(item, count), number(0));
    }

    private static byte[] repeated(byte[] item, int count) {
        return concat(Collections.nCopies(count, item).toArray(byte[][]::new));
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
