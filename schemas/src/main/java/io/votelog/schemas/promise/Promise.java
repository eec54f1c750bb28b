// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.promise;

import io.votelog.schemas.hash.Merkle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The evidence that a gateway promised a {@link PromisedVote}. Promises that are made together are the leaves of a tree (RFC 6962,
 * section 2.1, with SHA-256) whose root is signed once. Hashes, signature and key are base64url without padding.
 *
 * @param index of the promise in the tree, from 0
 * @param size how many promises the tree has
 * @param path the hashes from the leaf's sibling up to the root's child
 * @param signature Ed25519 of {@link #signedText} by the gateway's key
 * @param key the control record that names the gateway's key ({@code GatewayKeyNamed}), as it stands in the log
 */
public record Promise(int index, int size, List<String> path, String signature, String key) {
    /** The format that answers name. */
    public static final String FORMAT = "votelog-promise/2";

    /** The most promises that are signed together: a path has ten hashes at most. */
    public static final int MOST = 1 << 10;

    /** What the gateway signs for a tree, in UTF-8: a line that says what it is, the number of its leaves, its root in base64url. */
    public static byte[] signedText(int size, byte[] root) {
        return ("votelog promises v1\n" + size + "\n" + PromisedVote.text(root) + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** The most characters of {@link #writeJson}, as {@link StringBuilder#StringBuilder(int)} takes them. */
    public static final int JSON_LENGTH = 1_024;

    /** Writes the evidence in the answer to a vote, as JSON; nothing in it needs escaping. */
    public void writeJson(byte[] recordHash, StringBuilder json) {
        json.append("{\"format\":\"" + FORMAT + "\",\"record\":\"")
                .append(PromisedVote.text(recordHash))
                .append("\",\"index\":")
                .append(index)
                .append(",\"size\":")
                .append(size)
                .append(",\"path\":[");
        for (int at = 0; at < path.size(); at++) {
            json.append(at == 0 ? "\"" : ",\"").append(path.get(at)).append('"');
        }
        json.append("],\"signature\":\"")
                .append(signature)
                .append("\",\"key\":\"")
                .append(key)
                .append("\"}");
    }

    /** The tree of the promises that are made together. Used by one thread. */
    public static final class Tree {
        private final List<byte[]> rows = new ArrayList<>();

        /** The hashes of each row in base64url, written when they are first asked for: the upper ones are in many paths. */
        private final List<@Nullable String[]> texts = new ArrayList<>();

        /**
         * The tree of these entries.
         *
         * @param entries {@link PromisedVote#bytes} of each, at least one
         */
        public Tree(List<byte[]> entries) {
            Merkle merkle = new Merkle();
            byte[] row = new byte[entries.size() * Merkle.HASH];
            for (int at = 0; at < entries.size(); at++) {
                byte[] entry = entries.get(at);
                merkle.leaf(entry, 0, entry.length, row, at * Merkle.HASH);
            }
            add(row);
            while (row.length > Merkle.HASH) {
                row = merkle.above(row);
                add(row);
            }
        }

        private void add(byte[] row) {
            rows.add(row);
            texts.add(new String[row.length / Merkle.HASH]);
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
        public List<String> path(int index) {
            List<String> path = new ArrayList<>(rows.size() - 1);
            int at = index;
            for (int row = 0; row < rows.size() - 1; row++) {
                int sibling = at ^ 1;
                if (sibling < texts.get(row).length) {
                    path.add(text(row, sibling));
                }
                at >>= 1;
            }
            return path;
        }

        private String text(int row, int at) {
            String text = texts.get(row)[at];
            if (text == null) {
                byte[] hashes = rows.get(row);
                text = PromisedVote.text(Arrays.copyOfRange(hashes, at * Merkle.HASH, (at + 1) * Merkle.HASH));
                texts.get(row)[at] = text;
            }
            return text;
        }
    }
}
