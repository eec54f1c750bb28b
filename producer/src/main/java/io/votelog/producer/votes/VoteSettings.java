// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

import io.votelog.web.settings.CheckedAtStart;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How many votes may wait for the log.
 *
 * @param maxVotesUnderWay how many votes may wait for the log's acknowledgement
 * @param maxBytesUnderWay how many bytes their values may have together
 * @param maxDelay how long the log may take to acknowledge a vote before new votes are refused
 */
@ConfigurationProperties("votelog")
@Validated
record VoteSettings(
        @DefaultValue("16384") @Min(1) @Max(1_000_000) int maxVotesUnderWay,
        @DefaultValue("16777216") @Min(65536) @Max(50331648) long maxBytesUnderWay,
        @DefaultValue("1s") @DurationMin(millis = 100) Duration maxDelay)
        implements CheckedAtStart {
    VoteLog.Budget budget() {
        return new VoteLog.Budget(maxVotesUnderWay, maxBytesUnderWay, maxDelay);
    }
}
