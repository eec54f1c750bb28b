// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

import io.votelog.auditor.tlog.SignedNote.Signature;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;

/**
 * Asks a witness to cosign checkpoints (c2sp.org/tlog-witness, add-checkpoint). An answer is accepted only if the
 * witness's key verifies it. Used by one thread.
 */
public final class WitnessClient {
    private static final String WHAT_IT_COSIGNED_LAST = "text/x.tlog.size";
    private static final int LONGEST_ANSWER = 64 << 10;
    private static final int MOST_HASHES = 63;

    /**
     * The first attempt, one with the size that the witness named, and one more in case another client submitted in
     * between.
     */
    private static final int ATTEMPTS = 3;

    private final URI addCheckpoint;
    private final List<CosignatureVerifier> keys;
    private final BoundedHttp http;

    /**
     * A client of one witness.
     *
     * @param submissionPrefix the witness's URL
     * @param key the witness's key
     * @param patience the longest time for each answer
     * @throws IllegalArgumentException when the prefix is no http or https URL
     */
    public WitnessClient(URI submissionPrefix, CosignatureVerifier key, Duration patience) {
        addCheckpoint = BoundedHttp.prefix(submissionPrefix).resolve("add-checkpoint");
        keys = List.of(key);
        http = new BoundedHttp(patience);
    }

    /**
     * Has a checkpoint cosigned. Where the witness answers that it cosigned another size last, it is asked again with
     * the consistency proof from that size.
     *
     * @param checkpoint signed by its log
     * @param oldSize the size that the witness is believed to have cosigned last; with 0 the witness tells it
     * @param consistency makes the consistency proof from a size to the checkpoint's, as {@code TlogReader.consistency}
     *     does
     * @return the witness's signature lines, verified, without newlines, at least one
     * @throws TlogException when the witness did not cosign; the message says why
     */
    public List<String> cosign(SignedNote checkpoint, long oldSize, LongFunction<List<byte[]>> consistency) {
        long size = Checkpoint.parse(checkpoint.text()).size();
        long from = oldSize;
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            if (from < 0 || from > size) {
                throw new IllegalArgumentException("from %d leaves to a checkpoint of %d".formatted(from, size));
            }
            BoundedHttp.Answer answer = ask(checkpoint, from, from == 0 ? List.of() : consistency.apply(from));
            switch (answer.status()) {
                case 200 -> {
                    return cosignatures(checkpoint, answer);
                }
                case 409 -> from = lastSize(answer, from, size);
                default -> throw wrong("%s (status %d)".formatted(why(answer.status()), answer.status()));
            }
        }
        throw wrong("it named another size each of %d times; is someone else submitting checkpoints of this log?"
                .formatted(ATTEMPTS));
    }

    private BoundedHttp.Answer ask(SignedNote checkpoint, long from, List<byte[]> proof) {
        if (proof.size() > MOST_HASHES) {
            throw new IllegalArgumentException(
                    "a proof of %d hashes; at most %d may be sent".formatted(proof.size(), MOST_HASHES));
        }
        StringBuilder head = new StringBuilder("old ").append(from).append('\n');
        proof.forEach(hash -> head.append(StrictEncoding.base64(hash)).append('\n'));
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(head.append('\n').toString().getBytes(StandardCharsets.US_ASCII));
        body.writeBytes(checkpoint.bytes());
        return http.send(
                HttpRequest.newBuilder(addCheckpoint)
                        .POST(BodyPublishers.ofByteArray(body.toByteArray()))
                        .build(),
                LONGEST_ANSWER);
    }

    private long lastSize(BoundedHttp.Answer answer, long from, long size) {
        String body = new String(answer.body(), StandardCharsets.UTF_8);
        boolean ofSize = answer.headers()
                .firstValue("Content-Type")
                .filter(WHAT_IT_COSIGNED_LAST::equals)
                .isPresent();
        OptionalLong last = body.endsWith("\n")
                ? StrictEncoding.decimal(body.substring(0, body.length() - 1))
                : OptionalLong.empty();
        if (!ofSize || last.isEmpty()) {
            throw wrong("it knows another size and does not say which: %s with a number and a newline is expected"
                    .formatted(WHAT_IT_COSIGNED_LAST));
        }
        if (last.getAsLong() > size) {
            throw wrong(
                    "it has cosigned this log at size %d, and this checkpoint has %d: either it is an old one, or the log"
                                    .formatted(last.getAsLong(), size)
                            + " was rolled back");
        }
        if (last.getAsLong() == from) {
            throw wrong("it refuses the size %d, and names the same as the one that it knows".formatted(from));
        }
        return last.getAsLong();
    }

    private List<String> cosignatures(SignedNote checkpoint, BoundedHttp.Answer answer) {
        String body = StrictEncoding.utf8(answer.body());
        if (body == null || !body.endsWith("\n")) {
            throw wrong("its answer is no signature lines");
        }
        List<String> verified = new ArrayList<>();
        for (String line : body.substring(0, body.length() - 1).split("\n", -1)) {
            Optional<Signature> signature = Signature.read(line);
            if (signature.isEmpty()) {
                throw wrong("its answer has a line that is no signature");
            }
            for (CosignatureVerifier key : keys) {
                if (!key.isOf(signature.get())) {
                    continue;
                }
                if (key.verify(checkpoint.text(), signature.get()).isEmpty()) {
                    throw wrong(
                            "its cosignature as %s does not verify: it is not over this checkpoint, or not of this key"
                                    .formatted(key.name()));
                }
                verified.add(line);
            }
        }
        if (verified.isEmpty()) {
            throw wrong(
                    "it cosigned with another key than %s".formatted(keys.get(0).vkey()));
        }
        return verified;
    }

    private static String why(int status) {
        return switch (status) {
            case 400 -> "it can't read the request";
            case 403 -> "it has another key for this log than the one that signed the checkpoint";
            case 404 -> "it does not know this log";
            case 422 ->
                "to it the checkpoint is not consistent with the one that it cosigned last: this log, or the one that it"
                        + " knows under this origin, was changed behind its back";
            case 429 -> "it is asked too often";
            default -> "it answers with another status than those of the protocol";
        };
    }

    private TlogException wrong(String what) {
        return new TlogException("the witness at %s does not cosign: %s".formatted(addCheckpoint, what));
    }
}
