// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.seal;

import io.votelog.auditor.tlog.NoteVerifier;
import io.votelog.auditor.tlog.TlogException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The public keys of a sealed log's checkpoints: one for each tree, or, in logs of older versions, one key for both. A
 * policy (C2SP tlog-policy) may name a key once only, so it cannot name both trees of an older log.
 *
 * @param votes the key of the tree of votes, under that tree's origin
 * @param verdicts the key of the tree of verdicts, under that tree's origin
 */
public record SealedLogKey(NoteVerifier votes, NoteVerifier verdicts) {
    /** One key for both trees, named by either tree's origin or by the log's name. */
    public static SealedLogKey of(NoteVerifier both) {
        return new SealedLogKey(
                both.named(SealedLog.VOTES.origin(both.name())), both.named(SealedLog.VERDICTS.origin(both.name())));
    }

    /**
     * Reads the keys as keygen prints them.
     *
     * @param texts verifier keys; each text may hold several, separated by white space
     * @throws TlogException when the texts are no verifier keys, or not the keys of one log
     */
    public static SealedLogKey parse(List<String> texts) {
        List<NoteVerifier> keys = new ArrayList<>();
        for (String text : texts) {
            for (String word : text.strip().split("\\s+")) {
                keys.add(NoteVerifier.parse(word));
            }
        }
        if (keys.size() == 1) {
            return of(keys.get(0));
        }
        Optional<NoteVerifier> votes = named(SealedLog.VOTES, keys);
        Optional<NoteVerifier> verdicts = named(SealedLog.VERDICTS, keys);
        if (keys.size() != 2
                || votes.isEmpty()
                || verdicts.isEmpty()
                || !verdicts.get()
                        .name()
                        .equals(SealedLog.VERDICTS.origin(votes.get().name()))) {
            throw new TlogException(
                    "%d keys, of %s; those of one log's two trees are needed, NAME/votes and NAME/verdicts, or one for both"
                            .formatted(
                                    keys.size(),
                                    String.join(
                                            ", ",
                                            keys.stream()
                                                    .map(NoteVerifier::name)
                                                    .toList())));
        }
        return new SealedLogKey(votes.get(), verdicts.get());
    }

    private static Optional<NoteVerifier> named(SealedLog tree, List<NoteVerifier> keys) {
        return keys.stream()
                .filter(key -> SealedLog.of(key.name()).filter(tree::equals).isPresent())
                .findFirst();
    }

    /** The keys as keygen prints them: a line for each tree, or one line where one key signs both. */
    public List<String> texts() {
        NoteVerifier sameKey = votes.named(verdicts.name());
        return sameKey.vkey().equals(verdicts.vkey()) ? List.of(votes.vkey()) : List.of(votes.vkey(), verdicts.vkey());
    }

    /** The key of one tree. */
    public NoteVerifier of(SealedLog tree) {
        return tree == SealedLog.VOTES ? votes : verdicts;
    }
}
