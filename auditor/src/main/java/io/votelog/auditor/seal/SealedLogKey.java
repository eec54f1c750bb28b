// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.seal;

import io.votelog.auditor.tlog.NoteVerifier;
import io.votelog.auditor.tlog.TlogException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whose signatures a sealed log's checkpoints have: a key for each of its trees, or one key for both. A policy (C2SP tlog-policy)
 * may name a key once, so it can name both trees of a log of the first kind alone; logs of the second kind are older.
 *
 * @param votes the key of the tree of votes, under that tree's origin
 * @param verdicts the key of the tree of verdicts, under that tree's origin
 */
public record SealedLogKey(NoteVerifier votes, NoteVerifier verdicts) {
    /** One key for both trees; it may be given under either tree's origin or the log's own. */
    public static SealedLogKey of(NoteVerifier both) {
        return new SealedLogKey(
                both.named(SealedLog.VOTES.origin(both.name())), both.named(SealedLog.VERDICTS.origin(both.name())));
    }

    /**
     * Reads the keys as keygen prints them.
     *
     * @param texts each is a verifier key, or some of them with white space between
     * @throws TlogException when they are none, or not those of one log
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

    /** The key of a tree. */
    public NoteVerifier of(SealedLog tree) {
        return tree == SealedLog.VOTES ? votes : verdicts;
    }
}
