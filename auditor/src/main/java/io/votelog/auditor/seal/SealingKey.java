// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.seal;

import io.votelog.auditor.tlog.NoteSigner;
import io.votelog.auditor.tlog.TlogException;
import java.util.List;

/**
 * The private keys of a sealed log: one for each tree, or, in logs of older versions, one key for both.
 *
 * @param votes signs the tree of votes, under that tree's origin
 * @param verdicts signs the tree of verdicts, under that tree's origin
 */
public record SealingKey(NoteSigner votes, NoteSigner verdicts) {
    /**
     * New keys.
     *
     * @param origin the log's name; the trees' origins are this name with /votes and /verdicts appended
     * @throws IllegalArgumentException when the text cannot be a name
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
     * Reads what {@link #text} wrote, or a single key for both trees.
     *
     * @throws TlogException when the text is neither; the message does not repeat the text
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

    /** The private keys as text. They are secret: whoever has them can sign as the log. */
    public String text() {
        return votes.text() + "\n" + verdicts.text() + "\n";
    }

    /** What signs the checkpoints of this tree. */
    public NoteSigner of(SealedLog tree) {
        return tree == SealedLog.VOTES ? votes : verdicts;
    }

    /** The public keys, which check the signatures. */
    public SealedLogKey publicKey() {
        return new SealedLogKey(votes.verifier(), verdicts.verifier());
    }

    /** The log's name. */
    public String origin() {
        return SealedLog.base(votes.verifier().name());
    }

    /** The names of the keys; nothing secret. */
    @Override
    public String toString() {
        return "private keys of " + origin();
    }
}
