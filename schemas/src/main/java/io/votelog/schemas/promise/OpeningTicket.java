// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.promise;

import io.votelog.schemas.Base64Url;
import io.votelog.schemas.Pseudonym;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * A gateway's word, for a short time, that whoever holds it has signed in as this voter and may see what the voter's votes on this ballot
 * chose. The sealed log does not say it, and only a sealer, which reads the log, can.
 *
 * @param expiresAtMs milliseconds since 1970
 */
public record OpeningTicket(String ballotId, Pseudonym voter, long expiresAtMs) {
    private static final byte[] FIRST_LINE = "votelog opening v1\n".getBytes(StandardCharsets.US_ASCII);
    private static final int SIGNATURE = 64;
    private static final int LONGEST = 1_000;
    private static final int LONGEST_ID = 63;

    /**
     * What the gateway signs: {@code votelog opening v1} and a line feed, the voter's pseudonym (16 bytes), the time (8, big-endian), and the
     * ballot's id in ASCII.
     */
    public byte[] bytes() {
        byte[] id = ballotId.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(FIRST_LINE.length + Pseudonym.LENGTH + Long.BYTES + id.length)
                .put(FIRST_LINE)
                .put(voter.bytes())
                .putLong(expiresAtMs)
                .put(id)
                .array();
    }

    /**
     * A ticket as it is handed over: what is signed, the signature and the record that names the gateway's key, each in base64url, with dots
     * between.
     *
     * @param signature Ed25519 of {@link #bytes} by the gateway's key
     * @param keyRecord the control record that names the gateway's key, as it stands in the log
     */
    public record Signed(OpeningTicket ticket, byte[] signature, byte[] keyRecord) {
        /** The text that {@link #parse} reads. */
        public String text() {
            return Base64Url.encode(ticket.bytes()) + "." + Base64Url.encode(signature) + "."
                    + Base64Url.encode(keyRecord);
        }

        /** Reads a ticket, whose signature is not checked; empty where the text is none. */
        public static Optional<Signed> parse(String text) {
            String[] parts = text.length() > LONGEST ? new String[0] : text.split("\\.", -1);
            if (parts.length != 3) {
                return Optional.empty();
            }
            Optional<OpeningTicket> ticket = Base64Url.decode(parts[0]).flatMap(OpeningTicket::read);
            Optional<byte[]> signature = Base64Url.decode(parts[1]).filter(bytes -> bytes.length == SIGNATURE);
            Optional<byte[]> record = Base64Url.decode(parts[2]);
            return ticket.isPresent() && signature.isPresent() && record.isPresent()
                    ? Optional.of(new Signed(ticket.get(), signature.get(), record.get()))
                    : Optional.empty();
        }
    }

    private static Optional<OpeningTicket> read(byte[] bytes) {
        int head = FIRST_LINE.length + Pseudonym.LENGTH + Long.BYTES;
        if (bytes.length <= head || bytes.length > head + LONGEST_ID) {
            return Optional.empty();
        }
        ByteBuffer from = ByteBuffer.wrap(bytes);
        byte[] first = new byte[FIRST_LINE.length];
        byte[] voter = new byte[Pseudonym.LENGTH];
        from.get(first).get(voter);
        long expiresAtMs = from.getLong();
        OpeningTicket ticket = new OpeningTicket(
                new String(bytes, head, bytes.length - head, StandardCharsets.US_ASCII),
                Pseudonym.of(voter),
                expiresAtMs);
        // What is written again in the same way is what was read: no other first line, and no letter that is none of
        // ASCII.
        return Arrays.equals(ticket.bytes(), bytes) ? Optional.of(ticket) : Optional.empty();
    }
}
