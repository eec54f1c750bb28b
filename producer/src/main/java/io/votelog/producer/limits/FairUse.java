// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.limits;

import io.votelog.producer.crypto.UserId;
import io.votelog.producer.problem.Problems;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.web.limits.ClientAddress;
import io.votelog.web.limits.IpAddress;
import io.votelog.web.limits.RateLimit;
import io.votelog.web.limits.TokenBuckets;
import io.votelog.web.problem.Problem;
import io.votelog.web.problem.ProblemException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps any one client from using up what is there for all. Every request takes a token from the bucket of its client's
 * address, then one from the bucket of its user; a vote takes one from the buckets of its voter on its ballot as well. No
 * address or user is stored: a bucket is found by a hash whose key is drawn anew in each process.
 *
 * <p>A gateway counts by itself: behind a load balancer a user has as many buckets as there are gateways.
 *
 * <p>The headers in answers are those of draft-ietf-httpapi-ratelimit-headers-11. {@code t} is the time in seconds until the
 * bucket is full or, when it is empty, until a token is there, so {@code Retry-After} never ends before it.
 */
public final class FairUse {
    /** The header that states the limits; it is the same in every answer. */
    public static final String POLICY_HEADER = RateLimit.POLICY_HEADER;

    /** The header that states what is left. */
    public static final String LEVEL_HEADER = RateLimit.LEVEL_HEADER;

    private final RateLimit user;
    private final RateLimit address;
    private final VoterAllowance voter;
    private final ClientAddress clientAddress;
    private final Optional<String> policy;

    /**
     * @param clientAddress tells which connections and headers are one address
     * @param nanoClock as {@link System#nanoTime()}
     */
    public FairUse(Limits limits, ClientAddress clientAddress, LongSupplier nanoClock) {
        user = new RateLimit(
                "user", "this user", limits.user().rate(), limits.user().burst(), nanoClock);
        address = new RateLimit(
                "address",
                "the address that this request comes from",
                limits.address().rate(),
                limits.address().burst(),
                nanoClock);
        voter = new VoterAllowance(limits, nanoClock);
        this.clientAddress = clientAddress;
        policy = Optional.of(Stream.of(user, address, voter.votes(), voter.retries())
                        .filter(RateLimit::isOn)
                        .map(RateLimit::policy)
                        .collect(Collectors.joining(", ")))
                .filter(text -> !text.isEmpty());
    }

    /**
     * Takes a token of the client's address. Call it before anything else of the request is looked at.
     *
     * @param peer the address of the connection's other end, not one that a layer below has read from headers; null when it has
     *     none
     * @param headerValues gives all values of the header of this name, in order
     * @throws ProblemException 429 when the address has no token left
     */
    public void chargeAddress(@Nullable InetSocketAddress peer, Function<String, List<String>> headerValues) {
        if (address.isOn()) {
            IpAddress client = clientAddress.of(peer, headerValues);
            granted(address, address.take(client));
        }
    }

    /**
     * Takes a token of the user. Call it after the user's bearer token was found valid.
     *
     * @return the value of the header {@value #LEVEL_HEADER}; empty when users are not limited. What an address has left is
     *     told only when that is nothing, since it tells how busy others at the address are
     * @throws ProblemException 429 when the user has no token left
     */
    public Optional<String> chargeUser(UserId userId) {
        return user.isOn() ? Optional.of(user.level(granted(user, user.take(userId.text())))) : Optional.empty();
    }

    /**
     * Takes what a vote costs its voter. Call it last, for a vote that would be appended otherwise: a vote that is refused for
     * another reason costs nothing.
     *
     * @param receipt the vote's receipt, which names voter, ballot and vote id
     */
    public VoterAllowance.Charge chargeVote(Receipt receipt) {
        return voter.take(receipt);
    }

    /** Gives back what a vote took that was not appended. Call it at most once for each charge. */
    public void giveBack(VoterAllowance.Charge charge) {
        voter.giveBack(charge);
    }

    /** The problem (429) of a vote that may not be appended, else null. */
    @Nullable
    public Problem refusal(VoterAllowance.Charge charge) {
        return charge instanceof VoterAllowance.Charge.Refused refused
                ? refusal(refused.limit(), refused.draw())
                : null;
    }

    /**
     * Whether the voter may learn a derived id once more. Each time costs one of their new votes on that ballot, whether the id
     * is known here or not.
     */
    public boolean mayLearnId(Pseudonym of) {
        return voter.takeNew(of);
    }

    /** The value of the header {@value #POLICY_HEADER}; empty when nothing is limited. */
    public Optional<String> policy() {
        return policy;
    }

    private TokenBuckets.Draw granted(RateLimit limit, TokenBuckets.Draw draw) {
        if (!draw.granted()) {
            throw refusal(limit, draw).exception();
        }
        return draw;
    }

    private Problem refusal(RateLimit limit, TokenBuckets.Draw draw) {
        return Problems.tooManyRequests(limit.name(), limit.allowance(), draw.secondsToNext())
                .header(POLICY_HEADER, policy.orElseThrow())
                .header(LEVEL_HEADER, limit.level(draw));
    }
}
