package io.votelog.producer;

import io.votelog.web.limits.ClientLimits;
import io.votelog.web.limits.TokenBuckets;
import io.votelog.web.settings.BadSettingException;
import java.math.BigDecimal;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How many requests a user and a client address may send, and how many new votes a voter may cast: on average, and at once. What one
 * address is, {@link ClientLimits} says.
 *
 * @param user per user of a token
 * @param address per client address
 * @param votes per voter and ballot
 */
record Limits(@DefaultValue User user, @DefaultValue Address address, @DefaultValue Votes votes) {
    /**
     * Of one user, whatever addresses they send from.
     *
     * @param rate requests per second on average; 0 for no limit
     * @param burst requests at once
     */
    record User(@DefaultValue("10") BigDecimal rate, @DefaultValue("100") int burst) {
        User {
            ClientLimits.requireRate("votelog.limits.user", rate, burst);
        }
    }

    /**
     * Of one client address, before anything else of a request is looked at.
     *
     * @param rate requests per second on average; 0 for no limit
     * @param burst requests at once
     */
    record Address(@DefaultValue("1000") BigDecimal rate, @DefaultValue("5000") int burst) {
        Address {
            ClientLimits.requireRate("votelog.limits.address", rate, burst);
        }
    }

    /**
     * Of one voter on one ballot, counted in votes that would be new in the log. One of them counts, and all stand in the public
     * turnout.
     *
     * @param burst new votes at once
     * @param every the time in which one more comes back; 0 for no limit
     */
    record Votes(@DefaultValue("5") int burst, @DefaultValue("10m") Duration every) {
        Votes {
            if (burst < 1 || burst > ClientLimits.MAX_BURST) {
                throw new BadSettingException(
                        "votelog.limits.votes.burst",
                        Integer.toString(burst),
                        "new votes at once: 1 to %d".formatted(ClientLimits.MAX_BURST));
            }
            if (!every.isZero() && !TokenBuckets.fullInTime(every, burst)) {
                throw new BadSettingException(
                        "votelog.limits.votes.every",
                        every.toString(),
                        "0 for no limit, or 1s and more, of which votelog.limits.votes.burst, %d, make at most %d seconds"
                                .formatted(burst, TokenBuckets.MAX_SECONDS_TO_FULL));
            }
        }
    }
}
