package io.votelog.producer;

import io.votelog.rules.Picks;
import io.votelog.schemas.Receipt;
import io.votelog.web.limits.ClientAddress;
import io.votelog.web.limits.IpAddress;
import io.votelog.web.limits.SipHash;
import io.votelog.web.limits.TokenBuckets;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
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
    static final String POLICY_HEADER = "RateLimit-Policy";

    /** Says what is left. */
    static final String LEVEL_HEADER = "RateLimit";

    /** Room for so many users, addresses and voters, of each kind, whose buckets are not full at a time: 2 MiB each. */
    private static final int SLOTS = 1 << 18;

    /** So many votes are remembered, so that they may be sent again: 4 MiB. */
    private static final int RECENT_VOTES = 1 << 19;

    private final Limit user;
    private final Limit address;
    private final Limit votes;
    private final RecentVotes recentVotes;
    private final ClientAddress clientAddress;
    private final SipHash hash = SipHash.withRandomKey();
    private final Optional<String> policy;

    /**
     * @param nanoClock as {@link System#nanoTime()}
     */
    FairUse(Limits limits, LongSupplier nanoClock) {
        user = Limit.ofRequests(
                "user", "this user", limits.user().rate(), limits.user().burst(), nanoClock);
        address = Limit.ofRequests(
                "address",
                "the address that this request comes from",
                limits.address().rate(),
                limits.address().burst(),
                nanoClock);
        votes = Limit.ofVotes(limits.votes().every(), limits.votes().burst(), nanoClock);
        recentVotes = new RecentVotes(votes.isOn() ? RECENT_VOTES : 0);
        clientAddress = new ClientAddress(
                limits.proxies(), limits.header(), limits.address().ipv6Prefix());
        policy = Optional.of(Stream.of(user, address, votes)
                        .filter(Limit::isOn)
                        .map(Limit::policy)
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
            take(address, hash.of(client.high(), client.low()));
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
        return user.isOn()
                ? Optional.of(user.level(take(user, hash.of(userId.text().getBytes(StandardCharsets.UTF_8)))))
                : Optional.empty();
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
        TokenBuckets.Draw draw = votes.buckets.take(voter);
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

    private TokenBuckets.Draw take(Limit limit, long key) {
        TokenBuckets.Draw draw = limit.buckets.take(key);
        if (!draw.granted()) {
            throw refusal(limit, draw).exception();
        }
        return draw;
    }

    private Problem refusal(Limit limit, TokenBuckets.Draw draw) {
        return Problem.tooManyRequests(limit.name, limit.allowance, draw.secondsToNext())
                .header(POLICY_HEADER, policy.orElseThrow())
                .header(LEVEL_HEADER, limit.level(draw));
    }

    /** One of the limits, with its texts made ready. */
    private static final class Limit {
        private final String name;
        private final String allowance;
        private final String levelStart;
        private final TokenBuckets buckets;
        private final int burst;
        private final boolean on;

        private Limit(String name, String allowance, TokenBuckets buckets, int burst) {
            this.name = name;
            this.allowance = allowance;
            this.levelStart = "\"" + name + "\";r=";
            this.buckets = buckets;
            this.burst = burst;
            this.on = buckets.secondsFromEmptyToFull() > 0;
        }

        static Limit ofRequests(String name, String who, BigDecimal rate, int burst, LongSupplier nanoClock) {
            String allowance = "%s may send %s requests a second on average, and %d at once"
                    .formatted(who, rate.toPlainString(), burst);
            return new Limit(name, allowance, new TokenBuckets(rate, burst, SLOTS, nanoClock), burst);
        }

        static Limit ofVotes(Duration every, int burst, LongSupplier nanoClock) {
            String allowance =
                    "this user may cast %d new votes on a ballot at once, and one in %d s on average; the same vote may be sent again under its id at any time"
                            .formatted(burst, every.toSeconds());
            return new Limit("votes", allowance, TokenBuckets.every(every, burst, SLOTS, nanoClock), burst);
        }

        boolean isOn() {
            return on;
        }

        /** The burst, and the time in which an empty bucket fills: together they say the rate. */
        String policy() {
            return "\"%s\";q=%d;w=%d".formatted(name, burst, buckets.secondsFromEmptyToFull());
        }

        String level(TokenBuckets.Draw draw) {
            int seconds = draw.remaining() > 0 ? draw.secondsToFull() : draw.secondsToNext();
            return levelStart + draw.remaining() + ";t=" + seconds;
        }
    }
}
