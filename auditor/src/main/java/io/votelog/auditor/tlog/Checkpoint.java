package io.votelog.auditor.tlog;

import java.util.Base64;

/**
 * What a log signs (C2SP tlog-checkpoint).
 *
 * @param origin which log it is
 * @param size the number of its leaves
 * @param root of its tree
 */
public record Checkpoint(String origin, long size, byte[] root) {
    /** The text that is signed. */
    public String text() {
        return "%s\n%d\n%s\n".formatted(origin, size, Base64.getEncoder().encodeToString(root));
    }

    /** @throws TlogException when the text is no checkpoint */
    public static Checkpoint parse(String text) {
        String[] lines = text.split("\n", -1);
        if (lines.length < 4 || !lines[lines.length - 1].isEmpty() || lines[0].isEmpty()) {
            throw new TlogException("no checkpoint: origin, size and root are needed, a line each");
        }
        if (!lines[1].matches("0|[1-9][0-9]{0,18}")) {
            throw new TlogException("no checkpoint: the size is '%s'".formatted(lines[1]));
        }
        byte[] root;
        try {
            root = Base64.getDecoder().decode(lines[2]);
        } catch (IllegalArgumentException e) {
            throw new TlogException("no checkpoint: the root is '%s'".formatted(lines[2]), e);
        }
        if (root.length != Merkle.HASH) {
            throw new TlogException("no checkpoint: the root has %d bytes".formatted(root.length));
        }
        return new Checkpoint(lines[0], Long.parseLong(lines[1]), root);
    }
}
