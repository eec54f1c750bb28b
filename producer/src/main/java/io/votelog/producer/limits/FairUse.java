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
 * Sees to it that no client takes what is everybody's: every request takes a token from the bucket of its client's address, and then
 * from that of its user; and a vote takes one from those of its voter on its ballot. None of them is kept: a bucket is known by a hash
 * whose key dies with the process.
 *
 * <p>A gateway counts by itself: behind a load balancer a user has as many buckets as there are gateways.
 *
 * <p>The answers' headers are those of draft-ietf-httpapi-ratelimit-headers-11. {@code t} is the time until the bucket is full or,
 * where it is empty, until a token is there, so that {@code Retry-After} never ends before it.
 */
public final class FairUse {
    /** Says the limits, the same in every answer. */
    public static final String POLICY_HEADER = RateLimit.POLICY_HEADER;

    /** Says what is left. */
    public static final String LEVEL_HEADER = RateLimit.LEVEL_HEADER;

    private final RateLimit user;
    private final RateLimit address;
    private final VoterAllowance voter;
    private final ClientAddress clientAddress;
    private final Optional<String> policy;

    /**
     * @param clientAddress what one address is
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
     * Takes a token of the client's address. To be asked before anything else of the request is looked at.
     *
     * @param peer the other end of the connection itself, not what some layer below has read from headers; null when it has no
     *     address
     * @param headerValues all values of a header, in order, by its name
     * @throws ProblemException (429) when there is none
     */
    public void chargeAddress(@Nullable InetSocketAddress peer, Function<String, List<String>> headerValues) {
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
    public Optional<String> chargeUser(UserId userId) {
        return user.isOn() ? Optional.of(user.level(granted(user, user.take(userId.text())))) : Optional.empty();
    }

    /**
     * Takes what a vote costs its voter. To be asked last: of a vote that is appended otherwise, since what is refused for another
     * reason takes nothing.
     *
     * @param receipt of the vote; it names the voter, the ballot and the id in one
     */
    public VoterAllowance.Charge chargeVote(Receipt receipt) {
        return voter.take(receipt);
    }

    /** Gives back what a vote took that was not appended; to be called once at most. */
    public void giveBack(VoterAllowance.Charge charge) {
        voter.giveBack(charge);
    }

    /** A problem (429) when the vote may not be appended, else null. */
    @Nullable
    public Problem refusal(VoterAllowance.Charge charge) {
        return charge instanceof VoterAllowance.Charge.Refused refused
                ? refusal(refused.limit(), refused.draw())
                : null;
    }

    /**
     * Whether the voter may learn once more which id would be derived: each time takes one of their new votes on that ballot, whether
     * the id is known here or not.
     */
    public boolean mayLearnId(Pseudonym of) {
        return voter.takeNew(of);
    }

    /** The value of the header {@value #POLICY_HEADER}, nothing when nothing is limited. */
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
