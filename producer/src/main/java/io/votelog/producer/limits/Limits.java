// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.limits;

import io.votelog.web.limits.ClientLimits;
import io.votelog.web.limits.TokenBuckets;
import io.votelog.web.settings.BadSettingException;
import io.votelog.web.settings.CheckedAtStart;
import java.math.BigDecimal;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How many requests a user and a client address may send, and how many votes a voter may send to a ballot: on average, and at
 * once. What counts as one address is in {@link ClientLimits}.
 *
 * @param user for each user of a token
 * @param address for each client address
 * @param votes for new votes of each voter on each ballot
 * @param retries for votes of known ids of each voter on each ballot; unlimited where new votes are
 */
@ConfigurationProperties("votelog.limits")
public record Limits(
        @DefaultValue User user,
        @DefaultValue Address address,
        @DefaultValue Votes votes,
        @DefaultValue Retries retries)
        implements CheckedAtStart {
    /**
     * The limit of one user, whatever addresses they send from.
     *
     * @param rate requests per second on average; 0 for no limit
     * @param burst requests at once
     */
    public record User(@DefaultValue("10") BigDecimal rate, @DefaultValue("100") int burst) {
        public User {
            ClientLimits.requireRate("votelog.limits.user", rate, burst);
        }
    }

    /**
     * The limit of one client address, which applies before anything else of a request is looked at.
     *
     * @param rate requests per second on average; 0 for no limit
     * @param burst requests at once
     */
    public record Address(@DefaultValue("1000") BigDecimal rate, @DefaultValue("5000") int burst) {
        public Address {
            ClientLimits.requireRate("votelog.limits.address", rate, burst);
        }
    }

    /**
     * The limit of one voter on one ballot for votes that would be new in the log. Only one of them counts, but all are in the
     * public turnout.
     *
     * @param burst new votes at once
     * @param every the time in which one more vote is allowed again; 0 for no limit
     */
    public record Votes(@DefaultValue("5") int burst, @DefaultValue("10m") Duration every) {
        public Votes {
            requireEvery("votelog.limits.votes", burst, every);
        }
    }

    /**
     * The limit of one voter on one ballot for votes whose id this gateway knows, and for new votes that are refused since too
     * many came. The log keeps each of the former, and those that are rejected are in the public turnout.
     *
     * @param burst votes at once
     * @param every the time in which one more vote is allowed again; 0 for no limit
     */
    public record Retries(@DefaultValue("100") int burst, @DefaultValue("1m") Duration every) {
        public Retries {
            requireEvery("votelog.limits.retries", burst, every);
        }
    }

    private static void requireEvery(String key, int burst, Duration every) {
        if (burst < 1 || burst > ClientLimits.MAX_BURST) {
            throw new BadSettingException(
                    key + ".burst",
                    Integer.toString(burst),
                    "votes at once: 1 to %d".formatted(ClientLimits.MAX_BURST));
        }
        if (!every.isZero() && !TokenBuckets.fullInTime(every, burst)) {
            throw new BadSettingException(
                    key + ".every",
                    every.toString(),
                    "0 for no limit, or 1s and more, of which %s.burst, %d, make at most %d seconds"
                            .formatted(key, burst, TokenBuckets.MAX_SECONDS_TO_FULL));
        }
    }
}
