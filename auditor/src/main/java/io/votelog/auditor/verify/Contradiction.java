// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.report.Texts;
import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.Proofs;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.StrictEncoding;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.tiles.TlogReader;
import io.votelog.auditor.tlog.tiles.TreeEdge;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Two checkpoints that a log signed and that contradict each other, and what proves it. The files of the evidence are
 * the checkpoints as they were shown, for {@code equivocation}, and the hashes that show it without the log's tiles.
 *
 * @param how the contradiction, in a sentence
 * @param evidence the files, by their names
 */
public record Contradiction(String how, Map<String, byte[]> evidence) {
    private static final String SMALLER = "smaller.checkpoint";
    private static final String LARGER = "larger.checkpoint";
    private static final String PROOF = "proof.json";

    /**
     * Whether a checkpoint is the beginning of a tree.
     *
     * @param smaller a signed checkpoint of at most as many leaves as the larger one
     * @param larger a signed checkpoint
     * @param tree reads the larger one's tree
     * @return null when the smaller one is the beginning
     * @throws TlogException when the tree's tiles do not allow the check
     */
    public static @Nullable Contradiction between(SignedNote smaller, SignedNote larger, TlogReader tree) {
        Checkpoint small = Checkpoint.parse(smaller.text());
        Checkpoint large = Checkpoint.parse(larger.text());
        if (small.size() == large.size()) {
            return Arrays.equals(small.root(), large.root())
                    ? null
                    : of(
                            "two checkpoints of %,d leaves have different roots, and the log signed both"
                                    .formatted(small.size()),
                            smaller,
                            larger,
                            Map.of());
        }
        byte[] beginning = tree.root(small.size());
        if (Arrays.equals(beginning, small.root())) {
            return null;
        }
        List<byte[]> hashes = small.size() == 0 ? List.of() : tree.consistency(small.size());
        if (small.size() > 0 && !Proofs.consistent(small.size(), beginning, large.size(), large.root(), hashes)) {
            throw new TlogException("the proof that was made of the tiles does not verify");
        }
        Map<String, Object> proof = new LinkedHashMap<>();
        proof.put("rootOfTheBeginningOfTheLarger", StrictEncoding.base64(beginning));
        proof.put("consistency", hashes.stream().map(StrictEncoding::base64).toList());
        return of(
                "the first %,d of %,d leaves are not those of the checkpoint of %,d leaves, and the log signed both"
                        .formatted(small.size(), large.size(), small.size()),
                smaller,
                larger,
                proof);
    }

    /**
     * Whether the right edges of two trees prove that the smaller one is not the beginning of the larger one.
     *
     * @param edge the larger tree's, which hashes to its root
     * @param ofSmaller the smaller tree's, which hashes to its root
     * @return null when they do not prove it
     */
    public static @Nullable Contradiction between(
            SignedNote smaller, TreeEdge ofSmaller, SignedNote larger, TreeEdge edge) {
        OptionalLong first = edge.difference(ofSmaller);
        if (first.isEmpty()) {
            return null;
        }
        Map<String, Object> proof = new LinkedHashMap<>();
        proof.put(
                "edgeOfTheLarger",
                edge.levels().stream().map(StrictEncoding::base64).toList());
        proof.put(
                "edgeOfTheSmaller",
                ofSmaller.levels().stream().map(StrictEncoding::base64).toList());
        return of(
                "the checkpoint of %,d leaves is not the beginning of the one of %,d: they differ from leaf %,d on at the latest, and the log signed both"
                        .formatted(ofSmaller.size(), edge.size(), first.getAsLong()),
                smaller,
                larger,
                proof);
    }

    private static Contradiction of(String how, SignedNote smaller, SignedNote larger, Map<String, Object> proof) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(SMALLER, smaller.bytes());
        files.put(LARGER, larger.bytes());
        if (!proof.isEmpty()) {
            files.put(PROOF, (Texts.JSON.writeValueAsString(proof) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return new Contradiction(how, files);
    }
}
