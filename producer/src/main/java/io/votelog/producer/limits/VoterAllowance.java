// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.limits;

import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.hash.SipHash;
import io.votelog.web.limits.RateLimit;
import io.votelog.web.limits.TokenBuckets;
import java.time.Duration;
import java.util.UUID;
import java.util.function.LongSupplier;

/**
 * Limits how many votes one voter may send to a ballot. A vote whose id is new takes a token of the bucket {@code votes}. A
 * vote whose id is remembered, or one that found that bucket empty, takes a token of the bucket {@code retries}. So every vote
 * in the log is paid for. Where both buckets are empty, remembered ids and others are answered alike: nobody can try out
 * choices by how a derived id is answered.
 */
public final class VoterAllowance {
    /** How many votes are remembered, so that they may be sent again; they take 4 MiB. */
    private static final int RECENT_VOTES = 1 << 19;

    private final RateLimit votes;
    private final RateLimit retries;
    private final RecentVotes recent;
    private final SipHash hash = SipHash.withRandomKey(SipHash.Rounds.TWO_FOUR);

    /** What a vote took, or why it may not be appended. */
    public sealed interface Charge {
        /** The vote is not limited and took nothing. */
        record Free() implements Charge {}

        /** The vote took a token of {@code votes}, and its id is remembered from now on. */
        record New(long voter, long vote) implements Charge {}

        /** The vote took a token of {@code retries}. */
        record Again(long voter) implements Charge {}

        /** The vote found no token and may not be appended. */
        record Refused(RateLimit limit, TokenBuckets.Draw draw) implements Charge {}
    }

    /** What a vote is charged with where votes are not limited: nothing, and nothing is given back. */
    public static final Charge FREE = new Charge.Free();

    /**
     * @param limits without a limit on new votes, nothing is limited here
     * @param nanoClock as {@link System#nanoTime()}
     */
    VoterAllowance(Limits limits, LongSupplier nanoClock) {
        Limits.Votes ofVotes = limits.votes();
        Limits.Retries ofRetries = limits.retries();
        votes = RateLimit.oneIn(
                "votes",
                "this user may cast %d new votes on a ballot at once, and one in %d s on average; a vote that was taken may be sent again under its id"
                        .formatted(ofVotes.burst(), ofVotes.every().toSeconds()),
                ofVotes.every(),
                ofVotes.burst(),
                nanoClock);
        Duration every = votes.isOn() ? ofRetries.every() : Duration.ZERO;
        retries = RateLimit.oneIn(
                "retries",
                "this user may send votes on a ballot again, or new ones in vain, %d times at once, and one in %d s on average"
                        .formatted(ofRetries.burst(), every.toSeconds()),
                every,
                ofRetries.burst(),
                nanoClock);
        recent = new RecentVotes(votes.isOn() ? RECENT_VOTES : 0);
    }

    RateLimit votes() {
        return votes;
    }

    RateLimit retries() {
        return retries;
    }

    /**
     * Takes what a vote costs.
     *
     * @param receipt the vote's receipt, which names voter, ballot and vote id
     */
    Charge take(Receipt receipt) {
        if (!votes.isOn()) {
            return FREE;
        }
        long voter = voter(receipt.voter());
        UUID id = receipt.voteId();
        long vote = hash.of(voter, hash.of(id.getMostSignificantBits(), id.getLeastSignificantBits()));
        if (recent.has(vote)) {
            TokenBuckets.Draw again = retries.take(voter);
            return again.granted() ? new Charge.Again(voter) : new Charge.Refused(retries, again);
        }
        TokenBuckets.Draw draw = votes.take(voter);
        if (draw.granted()) {
            recent.add(vote);
            return new Charge.New(voter, vote);
        }
        TokenBuckets.Draw again = retries.take(voter);
        return again.granted() ? new Charge.Refused(votes, draw) : new Charge.Refused(retries, again);
    }

    /** Gives back what a vote took that was not appended. Call it at most once for each charge. */
    void giveBack(Charge charge) {
        if (charge instanceof Charge.New fresh) {
            recent.remove(fresh.vote());
            votes.giveBack(fresh.voter());
        } else if (charge instanceof Charge.Again again) {
            retries.giveBack(again.voter());
        }
    }

    /** Takes a token for a new vote of the voter, without looking at remembered ids; tells whether there was one. */
    boolean takeNew(Pseudonym voter) {
        return votes.take(voter(voter)).granted();
    }

    private long voter(Pseudonym voter) {
        return hash.of(voter.bytes());
    }
}
