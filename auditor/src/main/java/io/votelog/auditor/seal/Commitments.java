// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.seal;

import io.votelog.auditor.files.Hashes;
import io.votelog.events.VoteCast;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Pseudonym;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.util.List;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Makes commitments: hashes that bind to a record's contents without revealing them. Used by one thread.
 *
 * <ul>
 * <li>record: SHA-256 of offset (8 bytes), timestamp (8), key and value, each after its length (4, -1 where there is
 * none); the salt in a vote's value hides the vote;
 * <li>voter: SHA-256 of HMAC-SHA256(salt, "voter/v1") and the receipt's 32 bytes, which are pseudonym and vote id;
 * <li>choices: SHA-256 of HMAC-SHA256(salt, "choices/v1") and the option ids as sent, each after its length (2).
 * </ul>
 *
 * Whoever is given one of the two derived salts can check that commitment alone, and learns nothing about the other
 * one.
 */
public final class Commitments {
    private static final byte[] VOTER = "voter/v1".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CHOICES = "choices/v1".getBytes(StandardCharsets.US_ASCII);
    private static final String HMAC = "HmacSHA256";

    private final MessageDigest sha256 = Hashes.sha256();
    private final Mac mac = mac();
    private final ByteBuffer numbers = ByteBuffer.allocate(2 * Long.BYTES);

    /** The leaf of a record of votes. Its kind depends on the record's form alone. */
    public Leaf.Record leaf(ConsumerRecord<byte[], byte[]> record) {
        byte @Nullable [] value = record.value();
        byte @Nullable [] key = record.key();
        Object event = event(value);
        if (event instanceof VoteCast vote && key != null && key.length == Pseudonym.LENGTH) {
            byte[] commitments = new byte[3 * Leaf.HASH];
            byte[] salt = vote.getSalt().bytes();
            voter(salted(salt, VOTER), key, vote.getVoteId(), commitments, 0);
            choices(salted(salt, CHOICES), vote.getChoices(), commitments, Leaf.HASH);
            record(record, commitments, 2 * Leaf.HASH);
            return new Leaf.Record(Leaf.VOTE, record.partition(), record.offset(), commitments);
        }
        byte[] hash = new byte[Leaf.HASH];
        record(record, hash, 0);
        byte kind = isControl(key, event) ? Leaf.CONTROL : Leaf.NO_VOTE;
        return new Leaf.Record(kind, record.partition(), record.offset(), hash);
    }

    /** The salt of the commitment to the voter, 32 bytes. With it and the receipt, the commitment can be checked. */
    public byte[] voterSalt(VoteCast vote) {
        return salted(vote.getSalt().bytes(), VOTER);
    }

    /** The salt of the commitment to the choices, 32 bytes. With it and the choices, the commitment can be checked. */
    public byte[] choicesSalt(VoteCast vote) {
        return salted(vote.getSalt().bytes(), CHOICES);
    }

    /** The commitment to a voter and a vote id. */
    public byte[] voter(byte[] voterSalt, byte[] pseudonym, UUID voteId) {
        byte[] commitment = new byte[Leaf.HASH];
        voter(voterSalt, pseudonym, voteId, commitment, 0);
        return commitment;
    }

    /** Whether a record has the form of a control record. Its signature is not checked. */
    static boolean isControl(ConsumerRecord<byte[], byte[]> record) {
        return isControl(record.key(), event(record.value()));
    }

    private static boolean isControl(byte @Nullable [] key, @Nullable Object event) {
        return key == null && event != null && !(event instanceof VoteCast);
    }

    private static @Nullable Object event(byte @Nullable [] value) {
        try {
            return Events.decode(value).event();
        } catch (MalformedEventException e) {
            return null;
        }
    }

    private void voter(byte[] voterSalt, byte[] pseudonym, UUID voteId, byte[] into, int at) {
        sha256.update(voterSalt);
        sha256.update(pseudonym);
        numbers.clear().putLong(voteId.getMostSignificantBits()).putLong(voteId.getLeastSignificantBits());
        sha256.update(numbers.flip());
        digest(into, at);
    }

    private void choices(byte[] choicesSalt, List<String> choices, byte[] into, int at) {
        sha256.update(choicesSalt);
        for (String choice : choices) {
            byte[] text = choice.getBytes(StandardCharsets.UTF_8);
            sha256.update((byte) (text.length >> 8));
            sha256.update((byte) text.length);
            sha256.update(text);
        }
        digest(into, at);
    }

    private void record(ConsumerRecord<byte[], byte[]> record, byte[] into, int at) {
        sha256.update(numbers.clear()
                .putLong(record.offset())
                .putLong(record.timestamp())
                .flip());
        bytes(record.key());
        bytes(record.value());
        digest(into, at);
    }

    private void bytes(byte @Nullable [] bytes) {
        sha256.update(numbers.clear().putInt(bytes == null ? -1 : bytes.length).flip());
        if (bytes != null) {
            sha256.update(bytes);
        }
    }

    private byte[] salted(byte[] salt, byte[] purpose) {
        try {
            mac.init(new SecretKeySpec(salt, HMAC));
        } catch (InvalidKeyException e) {
            throw new IllegalStateException(e);
        }
        return mac.doFinal(purpose);
    }

    private void digest(byte[] into, int at) {
        try {
            sha256.digest(into, at, Leaf.HASH);
        } catch (DigestException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Mac mac() {
        try {
            return Mac.getInstance(HMAC);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + HMAC, e);
        }
    }
}
