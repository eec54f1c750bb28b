// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import io.votelog.schemas.hash.SipHash;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Hashes a vote's voter, id, ballot and time to eight bytes, which are then compared in place of the vote. The hash has a secret key that
 * is drawn for each run. So whoever writes a log cannot prepare two votes with one hash; what remains is chance, 1 in 2^64. Used by one
 * thread.
 */
public final class VoteHasher {
    /** One for all hashers of a run: hashes of one are compared with those of another. */
    private static final SipHash HASH = SipHash.withRandomKey(SipHash.Rounds.TWO_FOUR);

    private @Nullable String lastBallotId;
    private long lastBallot;

    /**
     * The hash of a vote.
     *
     * @param keyHigh the first eight bytes of the voter's pseudonym
     * @param keyLow its last eight bytes
     * @param idHigh the first eight bytes of the vote's id
     * @param idLow its last eight bytes
     * @param recordedAtMs the broker's append time, milliseconds since 1970
     */
    public long of(long keyHigh, long keyLow, long idHigh, long idLow, String ballotId, long recordedAtMs) {
        return HASH.of(keyHigh, keyLow, idHigh, idLow, ballot(ballotId), recordedAtMs);
    }

    /** The hash of a ballot id. The last one is kept, since most votes are on the same ballot as the vote before. */
    private long ballot(String ballotId) {
        if (!ballotId.equals(lastBallotId)) {
            lastBallotId = ballotId;
            lastBallot = HASH.of(ballotId.getBytes(StandardCharsets.UTF_8));
        }
        return lastBallot;
    }
}
