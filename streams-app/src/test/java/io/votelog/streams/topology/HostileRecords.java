// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.schemas.Events;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.Utf8;

/**
 * Records that are well-formed Avro but otherwise wrong: an event in which one field after the other is at its largest, empty,
 * or wrong.
 */
final class HostileRecords {
    private static final byte[] DOMAIN = "votelog control record v1\n".getBytes(StandardCharsets.UTF_8);
    private static final int HEADER_LENGTH = 10;
    private static final int SIGNATURE_LENGTH = 64;
    private static final String SIGNATURE = "signature";

    /**
     * The most bytes that Avro reads of a string, less what a record must have besides; and the most elements that it reads of
     * a list.
     */
    private static final int LONG = 1_000_000;

    private static final int MANY = 65_536;

    private HostileRecords() {}

    /** A hostile record, and a description of it. */
    record Hostile(String what, byte[] value) {}

    /** The event with one field changed, in every way, and with its old signature. */
    static List<Hostile> of(SpecificRecord event) {
        List<Hostile> records = new ArrayList<>();
        for (Schema.Field field : event.getSchema().getFields()) {
            int variant = 0;
            for (Object wrong : variants(field.schema())) {
                GenericRecord changed = generic(event);
                changed.put(field.name(), wrong);
                records.add(new Hostile(
                        "%s.%s, variant %d".formatted(event.getSchema().getName(), field.name(), variant++),
                        encode(event, changed)));
            }
        }
        return records;
    }

    /** The same with a valid signature over what was changed. */
    static List<Hostile> signed(SpecificRecord event, PrivateKey key) {
        return of(event).stream()
                .filter(record -> !record.what().contains("." + SIGNATURE + ","))
                .map(record -> new Hostile(record.what() + ", signed", sign(record.value(), key)))
                .toList();
    }

    private static List<Object> variants(Schema schema) {
        return switch (schema.getType()) {
            case STRING -> strings();
            case INT -> List.of(0, -1, 1, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case LONG -> List.of(0L, -1L, Long.MIN_VALUE, Long.MAX_VALUE);
            case BOOLEAN -> List.of(true, false);
            case FIXED ->
                List.of(
                        new GenericData.Fixed(schema, new byte[schema.getFixedSize()]),
                        new GenericData.Fixed(schema, filled(schema.getFixedSize(), 0xFF)));
            case ENUM ->
                schema.getEnumSymbols().stream()
                        .<Object>map(symbol -> new GenericData.EnumSymbol(schema, symbol))
                        .toList();
            case ARRAY -> lists(schema.getElementType());
            default -> throw new AssertionError("no events of votes have a " + schema.getType());
        };
    }

    private static List<Object> strings() {
        return List.of(
                new Utf8(""),
                new Utf8(filled(LONG, 0xFF)),
                new Utf8(filled(LONG, 'a')),
                new Utf8(filled(64, 'a')),
                new Utf8("Fruits"),
                new Utf8("-fruits"),
                new Utf8("fruits/head"),
                new Utf8("//position"),
                new Utf8("a\u0000b\r\nc\u001b[2J"),
                // Half of a surrogate pair, as UTF-8 must not write it.
                new Utf8(new byte[] {'a', (byte) 0xED, (byte) 0xA0, (byte) 0x80}),
                new Utf8("[".repeat(500_000)),
                new Utf8("{\"a\":".repeat(100_000)));
    }

    private static List<Object> lists(Schema element) {
        if (element.getType() == Schema.Type.LONG) {
            return List.of(
                    List.of(),
                    Collections.nCopies(MANY, Long.MIN_VALUE),
                    IntStream.range(0, MANY).mapToObj(i -> Long.MIN_VALUE + i).toList());
        }
        return List.of(
                List.of(),
                Collections.nCopies(MANY, new Utf8("")),
                Collections.nCopies(MANY, new Utf8("a1")),
                IntStream.range(0, MANY).mapToObj(i -> new Utf8("x" + i)).toList(),
                List.of(new Utf8(filled(LONG, 0xFF))),
                // These strings all have the same hash.
                IntStream.range(0, MANY)
                        .mapToObj(i -> new Utf8(String.format("%16s", Integer.toBinaryString(i))
                                .replace(' ', '0')
                                .replace("0", "Aa")
                                .replace("1", "BB")
                                .substring(0, 14)))
                        .toList());
    }

    private static byte[] filled(int length, int with) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) with);
        return bytes;
    }

    private static GenericRecord generic(SpecificRecord event) {
        byte[] value = Events.encode(event);
        try {
            return new GenericDatumReader<GenericRecord>(event.getSchema(), event.getSchema(), new GenericData())
                    .read(
                            null,
                            DecoderFactory.get()
                                    .binaryDecoder(value, HEADER_LENGTH, value.length - HEADER_LENGTH, null));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] encode(SpecificRecord event, GenericRecord changed) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(Events.encode(event), 0, HEADER_LENGTH);
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        try {
            new GenericDatumWriter<GenericRecord>(changed.getSchema(), new GenericData()).write(changed, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] sign(byte[] value, PrivateKey key) {
        byte[] signed = value.clone();
        int signedLength = value.length - SIGNATURE_LENGTH;
        try {
            Signature ed25519 = Signature.getInstance("Ed25519");
            ed25519.initSign(key);
            ed25519.update(DOMAIN);
            ed25519.update(signed, 0, signedLength);
            System.arraycopy(ed25519.sign(), 0, signed, signedLength, SIGNATURE_LENGTH);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
        return signed;
    }
}
