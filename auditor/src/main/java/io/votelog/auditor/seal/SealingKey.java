// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.seal;

import io.votelog.auditor.tlog.NoteSigner;
import io.votelog.auditor.tlog.TlogException;
import java.util.List;

/**
 * What a sealed log is signed with: a key for each of its trees, or one for both, as in logs that are older than that.
 *
 * @param votes signs the tree of votes, under that tree's origin
 * @param verdicts signs the tree of verdicts, under that tree's origin
 */
public record SealingKey(NoteSigner votes, NoteSigner verdicts) {
    /**
     * New keys.
     *
     * @param origin the log's name; its trees have it with /votes and /verdicts behind it
     * @throws IllegalArgumentException when it is no name
     */
    public static SealingKey generate(String origin) {
        return new SealingKey(
                NoteSigner.generate(SealedLog.VOTES.origin(origin)),
                NoteSigner.generate(SealedLog.VERDICTS.origin(origin)));
    }

    /** One key for both trees. */
    public static SealingKey of(NoteSigner both) {
        String name = both.verifier().name();
        return new SealingKey(both.named(SealedLog.VOTES.origin(name)), both.named(SealedLog.VERDICTS.origin(name)));
    }

    /**
     * Reads what {@link #text} wrote, or the one line of a key for both trees.
     *
     * @throws TlogException when it is neither, without a word of what it is
     */
    public static SealingKey parse(String text) {
        List<NoteSigner> keys =
                text.strip().lines().map(String::strip).map(NoteSigner::parse).toList();
        if (keys.size() == 1) {
            return of(keys.get(0));
        }
        SealingKey pair = keys.size() == 2 ? new SealingKey(keys.get(0), keys.get(1)) : null;
        if (pair == null
                || !pair.votes().verifier().name().equals(SealedLog.VOTES.origin(pair.origin()))
                || !pair.verdicts().verifier().name().equals(SealedLog.VERDICTS.origin(pair.origin()))) {
            throw new TlogException("a line for the tree of votes and one for the tree of verdicts are needed");
        }
        return pair;
    }

    /** The private keys. Whoever has them is the log. */
    public String text() {
        return votes.text() + "\n" + verdicts.text() + "\n";
    }

    public NoteSigner of(SealedLog tree) {
        return tree == SealedLog.VOTES ? votes : verdicts;
    }

    /** What checks the signatures. */
    public SealedLogKey publicKey() {
        return new SealedLogKey(votes.verifier(), verdicts.verifier());
    }

    /** The log's name. */
    public String origin() {
        return SealedLog.base(votes.verifier().name());
    }

    /** Whose keys they are, and nothing of what is secret. */
    @Override
    public String toString() {
        return "private keys of " + origin();
    }
}
