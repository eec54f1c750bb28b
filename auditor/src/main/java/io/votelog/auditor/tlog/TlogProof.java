package io.votelog.auditor.tlog;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * A proof that an entry is in a log (C2SP tlog-proof).
 *
 * @param extra what the application adds; nothing in the proof vouches for it
 * @param index of the entry
 * @param proof from the leaf's sibling up
 * @param checkpoint of the tree
 */
public record TlogProof(Optional<byte[]> extra, long index, List<byte[]> proof, SignedNote checkpoint) {
    private static final String HEADER = "c2sp.org/tlog-proof@v1";
    private static final String EXTRA = "extra ";
    private static final String INDEX = "index ";
    private static final int MOST_HASHES = 63;

    /** The proof as it is kept in a file. */
    public String text() {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        extra.ifPresent(bytes -> text.append(EXTRA)
                .append(Base64.getEncoder().encodeToString(bytes))
                .append('\n'));
        text.append(INDEX).append(index).append('\n');
        proof.forEach(
                hash -> text.append(Base64.getEncoder().encodeToString(hash)).append('\n'));
        return text.append('\n')
                .append(new String(checkpoint.bytes(), StandardCharsets.UTF_8))
                .toString();
    }

    /** @throws TlogException when the text is no such proof */
    public static TlogProof parse(String text) {
        int split = text.indexOf("\n\n");
        if (split < 0) {
            throw new TlogException("no checkpoint behind the proof");
        }
        List<String> lines = new ArrayList<>(List.of(text.substring(0, split).split("\n", -1)));
        if (!lines.remove(0).equals(HEADER)) {
            throw new TlogException("the first line is not " + HEADER);
        }
        Optional<byte[]> extra = Optional.empty();
        if (!lines.isEmpty() && lines.get(0).startsWith(EXTRA)) {
            extra = Optional.of(decode(lines.remove(0).substring(EXTRA.length())));
        }
        if (lines.isEmpty() || !lines.get(0).matches("index (0|[1-9][0-9]{0,17})")) {
            throw new TlogException("no index");
        }
        long index = Long.parseLong(lines.remove(0).substring(INDEX.length()));
        if (lines.size() > MOST_HASHES) {
            throw new TlogException("%d hashes; %d are allowed".formatted(lines.size(), MOST_HASHES));
        }
        List<byte[]> proof = new ArrayList<>();
        for (String line : lines) {
            byte[] hash = decode(line);
            if (hash.length != Merkle.HASH) {
                throw new TlogException("'%s' is no hash of %d bytes".formatted(line, Merkle.HASH));
            }
            proof.add(hash);
        }
        return new TlogProof(
                extra, index, proof, SignedNote.parse(text.substring(split + 2).getBytes(StandardCharsets.UTF_8)));
    }

    private static byte[] decode(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new TlogException("'%s' is no base64".formatted(base64), e);
        }
    }
}
