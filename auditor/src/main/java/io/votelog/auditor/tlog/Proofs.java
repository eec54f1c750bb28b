// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

import io.votelog.schemas.hash.Merkle;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks inclusion and consistency proofs (RFC 6962, section 2.1, with the algorithms of RFC 9162, sections 2.1.3.2 and
 * 2.1.4.2). Whatever the input, the answer is true or false, after at most as many steps as the tree is high.
 */
public final class Proofs {
    /**
     * The most hashes of a proof: a tree of 2^63 - 1 leaves has height 63, and a consistency proof may have one hash
     * more than the height.
     */
    private static final int LONGEST = 64;

    private Proofs() {}

    /**
     * Whether a leaf is in a tree.
     *
     * @param leafHash {@link Merkle#leaf} of the entry
     * @param index the leaf's index, from 0
     * @param size the tree's number of leaves
     * @param proof from the leaf's sibling up to the root's child
     * @param root the tree's root
     */
    public static boolean included(byte[] leafHash, long index, long size, List<byte[]> proof, byte[] root) {
        return isHash(root) && Arrays.equals(root(leafHash, index, size, proof), root);
    }

    /**
     * The root of the tree in which the proof says that a leaf is; null where the proof fits no tree of that size.
     *
     * @param leafHash {@link Merkle#leaf} of the entry
     * @param index the leaf's index, from 0
     * @param size the tree's number of leaves
     * @param proof from the leaf's sibling up to the root's child
     */
    public static byte @Nullable [] root(byte[] leafHash, long index, long size, List<byte[]> proof) {
        if (index < 0 || index >= size || !areHashes(proof) || !isHash(leafHash)) {
            return null;
        }
        Merkle merkle = new Merkle();
        // The node's index in its level, and the index of the level's last node.
        long node = index;
        long last = size - 1;
        byte[] hash = leafHash;
        for (byte[] sibling : proof) {
            if (last == 0) {
                return null;
            }
            if ((node & 1) == 1 || node == last) {
                hash = merkle.node(sibling, hash);
                // A last node without a sibling moves up unchanged, to the level where it has a left sibling.
                while ((node & 1) == 0 && node != 0) {
                    node >>= 1;
                    last >>= 1;
                }
            } else {
                hash = merkle.node(hash, sibling);
            }
            node >>= 1;
            last >>= 1;
        }
        return last == 0 ? hash : null;
    }

    /**
     * Whether a tree's first leaves are those of an older tree, in the same order. An empty tree is consistent with
     * every tree; trees of the same size must have the same root. In both cases the proof must have no hashes.
     *
     * @param oldSize the older tree's number of leaves
     * @param oldRoot the older tree's root
     * @param size the tree's number of leaves
     * @param root the tree's root
     * @param proof as RFC 6962, section 2.1.2, orders its hashes
     */
    public static boolean consistent(long oldSize, byte[] oldRoot, long size, byte[] root, List<byte[]> proof) {
        if (oldSize < 0 || oldSize > size || !areHashes(proof) || !isHash(oldRoot) || !isHash(root)) {
            return false;
        }
        if (size == 0 || oldSize == 0) {
            return proof.isEmpty()
                    && Arrays.equals(oldRoot, Merkle.emptyRoot())
                    && (size > 0 || Arrays.equals(root, oldRoot));
        }
        if (oldSize == size) {
            return proof.isEmpty() && Arrays.equals(oldRoot, root);
        }
        Merkle merkle = new Merkle();
        long node = oldSize - 1;
        long last = size - 1;
        while ((node & 1) == 1) {
            node >>= 1;
            last >>= 1;
        }
        int next = 0;
        byte[] start;
        if (node == 0) {
            // The older tree is a complete subtree of the newer one, so the proof starts from its root, which is known.
            start = oldRoot;
        } else if (proof.isEmpty()) {
            return false;
        } else {
            start = proof.get(next++);
        }
        byte[] oldHash = start;
        byte[] hash = start;
        for (; next < proof.size(); next++) {
            byte[] other = proof.get(next);
            if (last == 0) {
                return false;
            }
            if ((node & 1) == 1 || node == last) {
                oldHash = merkle.node(other, oldHash);
                hash = merkle.node(other, hash);
                while ((node & 1) == 0 && node != 0) {
                    node >>= 1;
                    last >>= 1;
                }
            } else {
                hash = merkle.node(hash, other);
            }
            node >>= 1;
            last >>= 1;
        }
        return last == 0 && Arrays.equals(oldHash, oldRoot) && Arrays.equals(hash, root);
    }

    private static boolean areHashes(List<byte[]> proof) {
        return proof.size() <= LONGEST && proof.stream().allMatch(Proofs::isHash);
    }

    private static boolean isHash(byte[] bytes) {
        return bytes != null && bytes.length == Merkle.HASH;
    }
}
