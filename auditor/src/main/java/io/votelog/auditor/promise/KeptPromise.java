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
import io.votelog.schemas.ControlRecord;
import io.votelog.schemas.ControlRecord.GatewayKey;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.hash.Merkle;
import io.votelog.schemas.promise.Promise;
import io.votelog.schemas.promise.PromisedVote;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

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

    /**
     * The promise in a file with one answer.
     *
     * @param keys that name gateways' keys
     * @throws AuditException when the file cannot be read, or holds no such promise
     */
    public static KeptPromise read(Path file, LogKeys keys) {
        return of(InputFile.text(file, InputFile.SMALL), keys, file.toString());
    }

    /**
     * The promises in a file with an answer a line; empty lines are passed over.
     *
     * @param keys that name gateways' keys
     * @throws AuditException when the file cannot be read, or a line holds no such promise
     */
    public static List<KeptPromise> readAll(Path file, LogKeys keys) {
        List<KeptPromise> promises = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(InputFile.open(file), StandardCharsets.UTF_8))) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                String where = "%s, line %d,".formatted(file, number);
                if (line.length() > LONGEST_LINE) {
                    throw new AuditException(
                            "%s is longer than an answer with a promise can be; one answer a line is needed"
                                    .formatted(where));
                }
                if (!line.isBlank()) {
                    promises.add(of(line, keys, where));
                }
            }
        } catch (IOException e) {
            throw new AuditException("%s cannot be read: %s".formatted(file, Texts.reason(e)), e);
        }
        if (promises.isEmpty()) {
            throw new AuditException("%s holds no promise".formatted(file));
        }
        return promises;
    }

    private static KeptPromise of(String json, LogKeys keys, String where) {
        Answer answer;
        try {
            answer = Texts.JSON.readValue(json, Answer.class);
        } catch (JacksonException e) {
            throw no(where, "it is not the JSON of an answer to a vote");
        }
        if (answer == null || answer.promise() == null) {
            throw no(where, "it has no member 'promise'; an answer to a vote is needed, as the gateway gave it");
        }
        return new Reading(where, keys).read(answer, answer.promise());
    }

    private static AuditException no(String where, String why) {
        return new AuditException("%s holds no promise: %s".formatted(where, why));
    }

    /** Checks one answer. */
    private record Reading(String where, LogKeys keys) {
        KeptPromise read(Answer answer, Answer.Evidence evidence) {
            if (!Promise.FORMAT.equals(evidence.format())) {
                throw fault(
                        "promise.format", "'%s'; this program reads %s".formatted(evidence.format(), Promise.FORMAT));
            }
            PromisedVote vote = vote(answer, evidence);
            byte[] record = bytes("promise.key", evidence.key(), -1);
            GatewayKey key = named(record);
            int size = number("promise.size", evidence.size());
            List<byte[]> path = new ArrayList<>();
            for (@Nullable String hash : Optional.ofNullable(evidence.path()).orElse(List.of())) {
                path.add(bytes("promise.path", hash, Merkle.HASH));
            }
            byte @Nullable [] root =
                    Proofs.root(new Merkle().leaf(vote.bytes()), number("promise.index", evidence.index()), size, path);
            if (root == null) {
                throw no(where, "promise.path leads from promise.index to the root of no tree of promise.size");
            }
            String gatewayKey = Base64.getEncoder().encodeToString(key.publicKey());
            if (!isSigned(
                    key.publicKey(),
                    Promise.signedText(size, root),
                    bytes("promise.signature", evidence.signature(), SIGNATURE))) {
                throw no(
                        where,
                        "the gateway's key %s did not sign that; the answer is not as the gateway gave it"
                                .formatted(gatewayKey));
            }
            return new KeptPromise(vote, gatewayKey, keys.text(key.keyId()).orElseThrow(), record);
        }

        private PromisedVote vote(Answer answer, Answer.Evidence evidence) {
            String ballotId = answer.ballotId();
            if (ballotId == null || !Ballot.isId(ballotId)) {
                throw fault("ballotId", "'%s', which can be no ballot's id".formatted(ballotId));
            }
            Receipt receipt = Optional.ofNullable(answer.receipt())
                    .flatMap(Receipt::parse)
                    .orElseThrow(() -> fault("receipt", "'%s', which is no receipt".formatted(answer.receipt())));
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
            try {
                GatewayKeyNamed event = Events.decode(record, GatewayKeyNamed.class);
                if (ControlRecord.inBallots(event, record).orElseThrow() instanceof GatewayKey key) {
                    if (!key.signedBy(keys)) {
                        throw no(
                                where,
                                "none of the public keys that were given named the gateway's key. Promises of another log?");
                    }
                    return key;
                }
            } catch (MalformedEventException e) {
                throw no(where, "promise.key is no record that names a gateway's key");
            }
            throw new IllegalStateException("a GatewayKeyNamed is read as something else");
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
            throw fault("recordedAt", "'%s'; a time as the gateway wrote it is needed".formatted(text));
        }

        private int number(String member, @Nullable Integer number) {
            if (number == null || number < 0) {
                throw fault(member, "%s; a number from 0 on is needed".formatted(number));
            }
            return number;
        }

        /** @param length of the bytes; any when it is negative */
        private byte[] bytes(String member, @Nullable String text, int length) {
            byte @Nullable [] bytes = text == null ? null : StrictEncoding.base64Url(text);
            if (bytes == null || (length >= 0 && bytes.length != length)) {
                throw fault(
                        member,
                        "'%s'; base64url without padding%s is needed"
                                .formatted(text, length < 0 ? "" : " of %d bytes".formatted(length)));
            }
            return bytes;
        }

        private AuditException fault(String member, String why) {
            return no(where, "%s is %s".formatted(member, why));
        }

        private static boolean isSigned(byte[] publicKey, byte[] text, byte[] signature) {
            try {
                return Ed25519.verifies(Ed25519.publicKey(publicKey), text, signature);
            } catch (GeneralSecurityException noKey) {
                return false;
            }
        }
    }
}
