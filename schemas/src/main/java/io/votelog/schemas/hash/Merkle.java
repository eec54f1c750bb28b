// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.hash;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The hashes of a log's tree (RFC 6962, section 2.1, with SHA-256). Leaves and nodes are hashed with different first
 * bytes, so that no entry can pass for a node. Used by one thread.
 */
public final class Merkle {
    /** The length of a hash in bytes. */
    public static final int HASH = 32;

    private static final byte LEAF_PREFIX = 0;
    private static final byte NODE_PREFIX = 1;

    private final MessageDigest sha256;
    private final byte[] block = new byte[1 + 2 * HASH];

    /** A hasher that one thread uses. */
    public Merkle() {
        sha256 = sha256();
        block[0] = NODE_PREFIX;
    }

    /** The hash of an entry as a leaf: SHA-256 of 0x00 and the entry. */
    public byte[] leaf(byte[] entry) {
        byte[] hash = new byte[HASH];
        leaf(entry, 0, entry.length, hash, 0);
        return hash;
    }

    /**
     * The hash of a node: SHA-256 of 0x01, the left child's hash and the right child's.
     *
     * @param left {@value #HASH} bytes
     * @param right {@value #HASH} bytes
     * @throws IllegalArgumentException when one has another length
     */
    public byte[] node(byte[] left, byte[] right) {
        if (left.length != HASH || right.length != HASH) {
            throw new IllegalArgumentException(
                    "a node's children have %d bytes each, not %d and %d".formatted(HASH, left.length, right.length));
        }
        byte[] hash = new byte[HASH];
        node(left, 0, right, 0, hash, 0);
        return hash;
    }

    /** The root of a tree without leaves: SHA-256 of nothing. */
    public static byte[] emptyRoot() {
        return sha256().digest();
    }

    /** Writes the leaf hash of a part of one array into another array. */
    public void leaf(byte[] from, int offset, int length, byte[] to, int at) {
        sha256.update(LEAF_PREFIX);
        sha256.update(from, offset, length);
        digest(to, at);
    }

    /** Writes the hash of a node with these children into an array, which may be one of the children's. */
    void node(byte[] left, int leftAt, byte[] right, int rightAt, byte[] to, int at) {
        System.arraycopy(left, leftAt, block, 1, HASH);
        System.arraycopy(right, rightAt, block, 1 + HASH, HASH);
        sha256.update(block);
        digest(to, at);
    }

    /**
     * The root over consecutive hashes of one level.
     *
     * @param hashes the hashes, one after the other
     * @param first the index of the first hash to use, from 0
     * @param width the number of hashes to use, at least 1
     */
    public byte[] root(byte[] hashes, int first, int width) {
        byte[] row = new byte[width * HASH];
        System.arraycopy(hashes, first * HASH, row, 0, row.length);
        while (row.length > HASH) {
            // This equals the RFC's split at the largest power of two.
            row = above(row);
        }
        return row;
    }

    /**
     * The hashes of the level above these: one for each two, and a last one without a sibling unchanged.
     *
     * @param row the hashes of one level, one after the other, at least one
     */
    public byte[] above(byte[] row) {
        int width = row.length / HASH;
        byte[] above = new byte[(width + 1) / 2 * HASH];
        for (int at = 0; at + 1 < width; at += 2) {
            node(row, at * HASH, row, (at + 1) * HASH, above, at / 2 * HASH);
        }
        if (width % 2 == 1) {
            System.arraycopy(row, (width - 1) * HASH, above, above.length - HASH, HASH);
        }
        return above;
    }

    private void digest(byte[] to, int at) {
        try {
            sha256.digest(to, at, HASH);
        } catch (DigestException e) {
            throw new IllegalStateException(e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
