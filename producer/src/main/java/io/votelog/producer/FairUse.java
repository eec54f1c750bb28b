package io.votelog.producer;

import io.votelog.rules.Picks;
import io.votelog.schemas.Receipt;
import io.votelog.web.limits.ClientAddress;
import io.votelog.web.limits.IpAddress;
import io.votelog.web.limits.RateLimit;
import io.votelog.web.limits.SipHash;
import io.votelog.web.limits.TokenBuckets;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that no client takes what is everybody's: every request takes a token from the bucket of its client's address, and then
 * from that of its user; and a vote that would be new in the log takes one from that of its voter on its ballot. None of them is kept:
 * a bucket is known by a hash whose key dies with the process.
 *
 * <p>A gateway counts by itself: behind a load balancer a user has as many buckets as there are gateways.
 *
 * <p>The answers' headers are those of draft-ietf-httpapi-ratelimit-headers-11. {@code t} is the time until the bucket is full or,
 * where it is empty, until a token is there, so that {@code Retry-After} never ends before it.
 */
final class FairUse {
    /** Says the limits, the same in every answer. */
    static final String POLICY_HEADER = RateLimit.POLICY_HEADER;

    /** Says what is left. */
    static final String LEVEL_HEADER = RateLimit.LEVEL_HEADER;

    /** So many votes are remembered, so that they may be sent again: 4 MiB. */
    private static final int RECENT_VOTES = 1 << 19;

    private final RateLimit user;
    private final RateLimit address;
    private final RateLimit votes;
    private final RecentVotes recentVotes;
    private final SipHash hash = SipHash.withRandomKey();
    private final ClientAddress clientAddress;
    private final Optional<String> policy;

    /**
     * @param clientAddress what one address is
     * @param nanoClock as {@link System#nanoTime()}
     */
    FairUse(Limits limits, ClientAddress clientAddress, LongSupplier nanoClock) {
        user = new RateLimit(
                "user", "this user", limits.user().rate(), limits.user().burst(), nanoClock);
        address = new RateLimit(
                "address",
                "the address that this request comes from",
                limits.address().rate(),
                limits.address().burst(),
                nanoClock);
        votes = ofVotes(limits.votes().every(), limits.votes().burst(), nanoClock);
        recentVotes = new RecentVotes(votes.isOn() ? RECENT_VOTES : 0);
        this.clientAddress = clientAddress;
        policy = Optional.of(Stream.of(user, address, votes)
                        .filter(RateLimit::isOn)
                        .map(RateLimit::policy)
                        .collect(Collectors.joining(", ")))
                .filter(text -> !text.isEmpty());
    }

    /**
     * Takes a token of the client's address. To be asked before anything else of the request is looked at.
     *
     * @param peer the other end of the connection itself, not what some layer below has read from headers; null when it has no
     *     address
     * @param headerValues all values of a header, in order, by its name
     * @throws ProblemException (429) when there is none
     */
    void ofAddress(@Nullable InetSocketAddress peer, Function<String, List<String>> headerValues) {
        if (address.isOn()) {
            IpAddress client = clientAddress.of(peer, headerValues);
            granted(address, address.take(client));
        }
    }

    /**
     * Takes a token of the user, whose token was found to be good.
     *
     * @return the value of the header {@value #LEVEL_HEADER}, nothing when users are not limited. What an address has left is told
     *     only when that is nothing, since it tells how busy others are who share it.
     * @throws ProblemException (429) when there is none
     */
    Optional<String> ofUser(UserId userId) {
        return user.isOn() ? Optional.of(user.level(granted(user, user.take(userId.text())))) : Optional.empty();
    }

    /**
     * Takes one of the new votes that a voter may cast on a ballot, unless this very vote, its id with the same set of choices, took
     * one before and is remembered. To be asked last: of a vote that is appended otherwise, since what is refused for another reason
     * takes none.
     *
     * @param receipt of the vote; it names the voter, the ballot and the id in one
     * @return null when it may be appended; a problem (429) when the voter has cast too many
     */
    @Nullable
    Problem ofNewVote(Receipt receipt, Picks picks) {
        if (!votes.isOn()) {
            return null;
        }
        long voter = hash.of(receipt.voter().bytes());
        UUID id = receipt.voteId();
        long vote = hash.of(voter, hash.of(id.getMostSignificantBits(), id.getLeastSignificantBits()));
        for (long word : picks.words()) {
            vote = hash.of(vote, word);
        }
        if (recentVotes.has(vote)) {
            return null;
        }
        TokenBuckets.Draw draw = votes.take(voter);
        if (!draw.granted()) {
            return refusal(votes, draw);
        }
        recentVotes.add(vote);
        return null;
    }

    /** The value of the header {@value #POLICY_HEADER}, nothing when nothing is limited. */
    Optional<String> policy() {
        return policy;
    }

    private TokenBuckets.Draw granted(RateLimit limit, TokenBuckets.Draw draw) {
        if (!draw.granted()) {
            throw refusal(limit, draw).exception();
        }
        return draw;
    }

    private Problem refusal(RateLimit limit, TokenBuckets.Draw draw) {
        return Problem.tooManyRequests(limit.name(), limit.allowance(), draw.secondsToNext())
                .header(POLICY_HEADER, policy.orElseThrow())
                .header(LEVEL_HEADER, limit.level(draw));
    }

    private static RateLimit ofVotes(Duration every, int burst, LongSupplier nanoClock) {
        String allowance =
                "this user may cast %d new votes on a ballot at once, and one in %d s on average; the same vote may be sent again under its id at any time"
                        .formatted(burst, every.toSeconds());
        return RateLimit.oneIn("votes", allowance, every, burst, nanoClock);
    }
}
