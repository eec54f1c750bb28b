package io.votelog.auditor.tlog;

import java.util.Arrays;
import java.util.List;

/** Whether proofs hold, as RFC 9162 (sections 2.1.3.2 and 2.1.4.2) has it checked. Nothing that they are given makes them fail. */
public final class Proofs {
    private Proofs() {}

    /** Whether a tree of this size and root has this leaf hash at this index. */
    public static boolean included(byte[] leafHash, long index, long size, List<byte[]> proof, byte[] root) {
        if (index < 0 || index >= size || wrongLength(leafHash) || anyWrongLength(proof)) {
            return false;
        }
        Merkle merkle = new Merkle();
        long node = index;
        long last = size - 1;
        byte[] hash = leafHash;
        for (byte[] sibling : proof) {
            if (last == 0) {
                return false;
            }
            if ((node & 1) == 1 || node == last) {
                hash = merkle.node(sibling, hash);
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
        return last == 0 && Arrays.equals(hash, root);
    }

    /** Whether a tree of this size and root begins with the tree of the old size and root. */
    public static boolean consistent(long oldSize, byte[] oldRoot, long size, byte[] root, List<byte[]> proof) {
        if (oldSize < 0 || oldSize > size || anyWrongLength(proof)) {
            return false;
        }
        if (oldSize == 0) {
            return proof.isEmpty() && Arrays.equals(oldRoot, Merkle.emptyRoot());
        }
        if (oldSize == size) {
            return proof.isEmpty() && Arrays.equals(oldRoot, root);
        }
        boolean powerOfTwo = Long.bitCount(oldSize) == 1;
        if (proof.isEmpty() && !powerOfTwo || wrongLength(oldRoot)) {
            return false;
        }
        Merkle merkle = new Merkle();
        long node = oldSize - 1;
        long last = size - 1;
        while ((node & 1) == 1) {
            node >>= 1;
            last >>= 1;
        }
        byte[] first = powerOfTwo ? oldRoot : proof.get(0);
        byte[] before = first;
        byte[] after = first;
        for (byte[] sibling : proof.subList(powerOfTwo ? 0 : 1, proof.size())) {
            if (last == 0) {
                return false;
            }
            if ((node & 1) == 1 || node == last) {
                before = merkle.node(sibling, before);
                after = merkle.node(sibling, after);
                while ((node & 1) == 0 && node != 0) {
                    node >>= 1;
                    last >>= 1;
                }
            } else {
                after = merkle.node(after, sibling);
            }
            node >>= 1;
            last >>= 1;
        }
        return last == 0 && Arrays.equals(before, oldRoot) && Arrays.equals(after, root);
    }

    private static boolean anyWrongLength(List<byte[]> proof) {
        return proof.stream().anyMatch(Proofs::wrongLength);
    }

    private static boolean wrongLength(byte[] hash) {
        return hash.length != Merkle.HASH;
    }
}
