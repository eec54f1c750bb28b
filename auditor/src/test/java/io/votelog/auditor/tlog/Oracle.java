// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The functions of RFC 6962, section 2.1, word for word, on the beginnings of a list. What was hashed once is remembered. */
public final class Oracle {
    private final List<byte[]> d;
    private final Map<Long, byte[]> hashed = new HashMap<>();

    /** @param d the entries, which do not change */
    public Oracle(List<byte[]> d) {
        this.d = d;
    }

    /** MTH(D[n]) */
    public static byte[] mth(List<byte[]> d) {
        return new Oracle(d).mth(d.size());
    }

    /** PATH(m, D[n]) */
    public static List<byte[]> path(int m, List<byte[]> d) {
        return new Oracle(d).path(m, d.size());
    }

    /** PROOF(m, D[n]) */
    public static List<byte[]> proof(int m, List<byte[]> d) {
        return new Oracle(d).proof(m, d.size());
    }

    /** MTH of the first n. */
    public byte[] mth(int n) {
        return mth(0, n);
    }

    /** PATH(m) in the first n. */
    public List<byte[]> path(int m, int n) {
        return path(m, 0, n);
    }

    /** PROOF(m) of the first n. */
    public List<byte[]> proof(int m, int n) {
        return subproof(m, 0, n, true);
    }

    private byte[] mth(int from, int to) {
        int n = to - from;
        if (n == 0) {
            return sha256();
        }
        Long which = (long) from << 32 | to;
        byte[] known = hashed.get(which);
        if (known != null) {
            return known;
        }
        int k = split(n);
        byte[] hash = n == 1
                ? sha256(new byte[] {0}, d.get(from))
                : sha256(new byte[] {1}, mth(from, from + k), mth(from + k, to));
        hashed.put(which, hash);
        return hash;
    }

    private List<byte[]> path(int m, int from, int to) {
        int n = to - from;
        if (n == 1) {
            return List.of();
        }
        int k = split(n);
        return m < k
                ? concat(path(m, from, from + k), mth(from + k, to))
                : concat(path(m - k, from + k, to), mth(from, from + k));
    }

    private List<byte[]> subproof(int m, int from, int to, boolean b) {
        int n = to - from;
        if (m == n) {
            return b ? List.of() : List.of(mth(from, to));
        }
        int k = split(n);
        return m <= k
                ? concat(subproof(m, from, from + k, b), mth(from + k, to))
                : concat(subproof(m - k, from + k, to, false), mth(from, from + k));
    }

    /** The largest power of two smaller than n. */
    private static int split(int n) {
        int k = 1;
        while (k * 2 < n) {
            k *= 2;
        }
        return k;
    }

    private static List<byte[]> concat(List<byte[]> list, byte[] last) {
        List<byte[]> all = new ArrayList<>(list);
        all.add(last);
        return all;
    }

    private static byte[] sha256(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        try {
            return MessageDigest.getInstance("SHA-256").digest(all.toByteArray());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
