// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.promise;

import io.votelog.schemas.hash.Merkle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * The evidence that a gateway promised a {@link PromisedVote}. Promises that are made together are the leaves of a tree (RFC 6962,
 * section 2.1, with SHA-256) whose root is signed once.
 *
 * @param index of the promise in the tree, from 0
 * @param size how many promises the tree has
 * @param path the hashes from the leaf's sibling up to the root's child
 * @param signature Ed25519 of {@link #signedText} by the gateway's key, 64 bytes
 * @param key the control record that names the gateway's key ({@code GatewayKeyNamed}), as it stands in the log
 */
public record Promise(int index, int size, List<byte[]> path, byte[] signature, byte[] key) {
    /** The format that answers name. */
    public static final String FORMAT = "votelog-promise/1";

    /** The most promises that are signed together: a path has ten hashes at most. */
    public static final int MOST = 1 << 10;

    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    /** What the gateway signs for a tree, in UTF-8: a line that says what it is, the number of its leaves, its root in base64url. */
    public static byte[] signedText(int size, byte[] root) {
        return ("votelog promises v1\n" + size + "\n" + BASE64.encodeToString(root) + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** The evidence in the answer to a vote, as JSON. */
    public String json(byte[] recordHash) {
        StringBuilder json = new StringBuilder(512)
                .append("{\"format\":\"" + FORMAT + "\",\"record\":\"")
                .append(BASE64.encodeToString(recordHash))
                .append("\",\"index\":")
                .append(index)
                .append(",\"size\":")
                .append(size)
                .append(",\"path\":[");
        for (int at = 0; at < path.size(); at++) {
            json.append(at == 0 ? "\"" : ",\"")
                    .append(BASE64.encodeToString(path.get(at)))
                    .append('"');
        }
        return json.append("],\"signature\":\"")
                .append(BASE64.encodeToString(signature))
                .append("\",\"key\":\"")
                .append(BASE64.encodeToString(key))
                .append("\"}")
                .toString();
    }

    /** The tree of the promises that are made together. */
    public static final class Tree {
        private final List<byte[]> rows = new ArrayList<>();

        /**
         * The tree of these entries.
         *
         * @param entries {@link PromisedVote#text} of each, at least one
         */
        public Tree(List<byte[]> entries) {
            Merkle merkle = new Merkle();
            byte[] row = new byte[entries.size() * Merkle.HASH];
            for (int at = 0; at < entries.size(); at++) {
                byte[] entry = entries.get(at);
                merkle.leaf(entry, 0, entry.length, row, at * Merkle.HASH);
            }
            rows.add(row);
            while (row.length > Merkle.HASH) {
                row = merkle.above(row);
                rows.add(row);
            }
        }

        /** How many leaves it has. */
        public int size() {
            return rows.get(0).length / Merkle.HASH;
        }

        /** Its root. */
        public byte[] root() {
            return rows.get(rows.size() - 1);
        }

        /** The path of a leaf: see {@link Promise#path}. */
        public List<byte[]> path(int index) {
            List<byte[]> path = new ArrayList<>(rows.size() - 1);
            int at = index;
            for (byte[] row : rows) {
                int sibling = at ^ 1;
                if ((sibling + 1) * Merkle.HASH <= row.length) {
                    byte[] hash = new byte[Merkle.HASH];
                    System.arraycopy(row, sibling * Merkle.HASH, hash, 0, Merkle.HASH);
                    path.add(hash);
                }
                at >>= 1;
            }
            return path;
        }
    }
}
