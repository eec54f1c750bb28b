// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.promise;

import io.votelog.auditor.files.InputFile;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.tlog.Ed25519;
import io.votelog.auditor.tlog.Proofs;
import io.votelog.auditor.tlog.StrictEncoding;
import io.votelog.events.GatewayKeyNamed;
import io.votelog.rules.Ballot;
import io.votelog.schemas.Base64Url;
import io.votelog.schemas.ControlRecord;
import io.votelog.schemas.ControlRecord.GatewayKey;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.hash.Merkle;
import io.votelog.schemas.promise.Promise;
import io.votelog.schemas.promise.PromisedVote;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * A promise that somebody kept, and that is one: a gateway signed it, and a key of the log named the gateway's key. Nothing of that can
 * be made without these keys.
 *
 * @param gatewayKey base64 of the gateway's public key
 * @param logKey base64 of the log's key that named it
 * @param keyRecord the control record with which it did
 */
public record KeptPromise(PromisedVote vote, String gatewayKey, String logKey, byte[] keyRecord) {
    private static final int LONGEST_LINE = 16 * 1024;
    private static final int SIGNATURE = 64;
    private static final int LONGEST_SHOWN = 80;

    /** A number is a number, and a member stands once: else one file could say one thing to people and another to programs. */
    private static final ObjectReader ANSWERS = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .readerFor(Answer.class);

    /**
     * The promise in a file with one answer.
     *
     * @param keys that name gateways' keys
     * @throws AuditException when the file cannot be read, or holds no such promise
     */
    public static KeptPromise read(Path file, LogKeys keys) {
        String where = "%s holds no promise".formatted(file);
        Answer answer = answer(InputFile.text(file, LONGEST_LINE), where);
        if (answer.promise() == null) {
            throw no(where, "it has no member 'promise'; one answer to a vote is needed, as the gateway gave it");
        }
        return new Reading(where, new Signatures(keys)).read(answer, answer.promise());
    }

    /**
     * What a file with an answer a line holds.
     *
     * @param without how many answers have no promise
     * @param none how many lines are no answer with a promise of that log's gateways, though they should be
     * @param firstNone what is wrong with the first of these
     */
    public record Kept(List<KeptPromise> promises, long without, long none, @Nullable String firstNone) {}

    /**
     * The promises in a file with an answer a line. Empty lines are passed over; a line that holds no promise is noted, since it spoils
     * no other.
     *
     * @param keys that name gateways' keys
     * @throws AuditException when the file cannot be read, or holds no promise at all
     */
    public static Kept readAll(Path file, LogKeys keys) {
        List<KeptPromise> promises = new ArrayList<>();
        long without = 0;
        long none = 0;
        String firstNone = null;
        Signatures signatures = new Signatures(keys);
        try (InputStream in = new BufferedInputStream(InputFile.open(file))) {
            int number = 0;
            for (byte[] line = line(in); line != null; line = line(in)) {
                number++;
                try {
                    KeptPromise promise = of(line, signatures, "line %d holds no promise".formatted(number));
                    if (promise != null) {
                        promises.add(promise);
                    } else {
                        without += isBlank(line) ? 0 : 1;
                    }
                } catch (AuditException e) {
                    none++;
                    firstNone = firstNone == null ? e.getMessage() : firstNone;
                }
            }
        } catch (IOException e) {
            throw new AuditException("%s cannot be read: %s".formatted(file, Texts.reason(e)), e);
        }
        if (promises.isEmpty()) {
            throw new AuditException(
                    "%s holds no promise%s".formatted(file, firstNone == null ? "" : ": " + firstNone));
        }
        return new Kept(promises, without, none, firstNone);
    }

    /** The next line without its end, of which no more is kept than {@value #LONGEST_LINE} bytes and one; null behind the last. */
    private static byte @Nullable [] line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        if (next < 0) {
            return null;
        }
        for (; next >= 0 && next != '\n'; next = in.read()) {
            if (line.size() <= LONGEST_LINE) {
                line.write(next);
            }
        }
        return line.toByteArray();
    }

    private static boolean isBlank(byte[] line) {
        for (byte letter : line) {
            if (letter != ' ' && letter != '\t' && letter != '\r') {
                return false;
            }
        }
        return true;
    }

    /** The promise in a line; null where it is empty, or an answer without one. */
    private static @Nullable KeptPromise of(byte[] line, Signatures signatures, String where) {
        if (isBlank(line)) {
            return null;
        }
        if (line.length > LONGEST_LINE) {
            throw no(where, "it is longer than an answer with a promise can be");
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
        } catch (CharacterCodingException e) {
            throw no(where, "it is no text in UTF-8");
        }
        Answer answer = answer(text, where);
        return answer.promise() == null ? null : new Reading(where, signatures).read(answer, answer.promise());
    }

    private static Answer answer(String json, String where) {
        try {
            Answer answer = ANSWERS.readValue(json);
            if (answer != null) {
                return answer;
            }
        } catch (JacksonException e) {
            // Told below.
        }
        throw no(where, "it is not the JSON of one answer to a vote");
    }

    private static AuditException no(String where, String why) {
        return new AuditException("%s: %s".formatted(where, why));
    }

    /** Checks one answer. */
    private record Reading(String where, Signatures signatures) {
        KeptPromise read(Answer answer, Answer.Evidence evidence) {
            if (!Promise.FORMAT.equals(evidence.format())) {
                throw fault(
                        "promise.format",
                        "'%s'; this program reads %s".formatted(shown(evidence.format()), Promise.FORMAT));
            }
            PromisedVote vote = vote(answer, evidence);
            byte[] record = bytes("promise.key", evidence.key(), -1);
            GatewayKey key = named(record);
            int size = number("promise.size", evidence.size());
            List<byte[]> path = new ArrayList<>();
            List<@Nullable String> hashes = evidence.path();
            if (hashes == null) {
                throw fault("promise.path", "missing; a list of hashes is needed");
            }
            for (@Nullable String hash : hashes) {
                path.add(bytes("promise.path", hash, Merkle.HASH));
            }
            byte @Nullable [] root =
                    Proofs.root(new Merkle().leaf(vote.bytes()), number("promise.index", evidence.index()), size, path);
            if (root == null) {
                throw no(where, "promise.path leads from promise.index to the root of no tree of promise.size");
            }
            String gatewayKey = StrictEncoding.base64(key.publicKey());
            byte[] signature = bytes("promise.signature", evidence.signature(), SIGNATURE);
            if (!signatures.isRight(key.publicKey(), Promise.signedText(size, root), signature)) {
                throw no(
                        where,
                        "the gateway's key %s did not sign that; the answer is not as the gateway gave it"
                                .formatted(gatewayKey));
            }
            return new KeptPromise(
                    vote, gatewayKey, signatures.keys.text(key.keyId()).orElseThrow(), record);
        }

        private PromisedVote vote(Answer answer, Answer.Evidence evidence) {
            String ballotId = answer.ballotId();
            if (ballotId == null || !Ballot.isId(ballotId)) {
                throw fault("ballotId", "'%s', which can be no ballot's id".formatted(shown(ballotId)));
            }
            Receipt receipt = Optional.ofNullable(answer.receipt())
                    .flatMap(Receipt::parse)
                    .orElseThrow(
                            () -> fault("receipt", "'%s', which is no receipt".formatted(shown(answer.receipt()))));
            Long offset = answer.offset();
            if (offset == null || offset < 0) {
                throw fault("offset", "%s; a number from 0 on is needed".formatted(offset));
            }
            return new PromisedVote(
                    ballotId,
                    receipt,
                    number("partition", answer.partition()),
                    offset,
                    time(answer.recordedAt()),
                    bytes("promise.record", evidence.record(), PromisedVote.HASH));
        }

        private GatewayKey named(byte[] record) {
            GatewayKey key;
            try {
                key = signatures.named(record);
            } catch (MalformedEventException e) {
                throw no(where, "promise.key is no record that names a gateway's key");
            }
            if (key == null) {
                throw no(
                        where,
                        "none of the public keys that were given named the gateway's key. Promises of another log?");
            }
            return key;
        }

        private long time(@Nullable String text) {
            try {
                Instant time = Instant.parse(String.valueOf(text));
                if (PromisedVote.timeText(time.toEpochMilli()).equals(text)) {
                    return time.toEpochMilli();
                }
            } catch (DateTimeException | ArithmeticException e) {
                // Told below.
            }
            throw fault("recordedAt", "'%s'; a time as the gateway wrote it is needed".formatted(shown(text)));
        }

        private int number(String member, @Nullable Integer number) {
            if (number == null || number < 0) {
                throw fault(member, "%s; a number from 0 on is needed".formatted(number));
            }
            return number;
        }

        /** @param length of the bytes; any when it is negative */
        private byte[] bytes(String member, @Nullable String text, int length) {
            byte @Nullable [] bytes =
                    text == null ? null : Base64Url.decode(text).orElse(null);
            if (bytes == null || (length >= 0 && bytes.length != length)) {
                throw fault(
                        member,
                        "'%s'; base64url without padding%s is needed"
                                .formatted(shown(text), length < 0 ? "" : " of %d bytes".formatted(length)));
            }
            return bytes;
        }

        private AuditException fault(String member, String why) {
            return no(where, "%s is %s".formatted(member, why));
        }

        /** A value as it is shown: anybody may have written it. */
        private static String shown(@Nullable String value) {
            if (value == null) {
                return "missing";
            }
            String plain = value.replaceAll("\\p{C}", "?");
            return plain.length() <= LONGEST_SHOWN ? plain : plain.substring(0, LONGEST_SHOWN) + "…";
        }
    }

    /** Signatures that were checked: each gateway's key is in all its promises, and promises that were made together have one signature. */
    private static final class Signatures {
        private final LogKeys keys;
        private final Map<ByteBuffer, GatewayKey> named = new HashMap<>();
        private final Set<List<ByteBuffer>> right = new HashSet<>();

        Signatures(LogKeys keys) {
            this.keys = keys;
        }

        /** The key that the record names; null when none of the log's keys signed it. */
        @Nullable
        GatewayKey named(byte[] record) throws MalformedEventException {
            GatewayKey known = named.get(ByteBuffer.wrap(record));
            if (known != null) {
                return known;
            }
            GatewayKeyNamed event = Events.decode(record, GatewayKeyNamed.class);
            if (ControlRecord.inBallots(event, record).orElseThrow() instanceof GatewayKey key && key.signedBy(keys)) {
                named.put(ByteBuffer.wrap(record), key);
                return key;
            }
            return null;
        }

        boolean isRight(byte[] publicKey, byte[] text, byte[] signature) {
            List<ByteBuffer> all =
                    List.of(ByteBuffer.wrap(publicKey), ByteBuffer.wrap(text), ByteBuffer.wrap(signature));
            if (right.contains(all)) {
                return true;
            }
            try {
                if (Ed25519.verifies(Ed25519.publicKey(publicKey), text, signature)) {
                    right.add(all);
                    return true;
                }
            } catch (GeneralSecurityException noKey) {
                // It has signed nothing.
            }
            return false;
        }
    }
}
