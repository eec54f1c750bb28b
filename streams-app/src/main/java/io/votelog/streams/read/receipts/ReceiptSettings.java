// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import io.votelog.web.limits.ClientLimits;
import io.votelog.web.settings.BadSettingException;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.math.BigDecimal;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How receipts are looked up.
 *
 * @param maxWait the longest time that a client may wait for a verdict
 * @param logReaders how many consumers read single records of votes
 * @param logReads how often a client address may have such a record read
 * @param maxWaiting how many clients may wait for a verdict at once; others are answered without a wait
 * @param maxWaitingPerAddress how many clients of one address may wait; 0 for no limit
 * @param readTimeout how long the reading of one such record may take
 * @param forwardTimeout how long another instance's answer may take, beyond the client's wait
 */
@ConfigurationProperties("votelog.receipts")
@Validated
record ReceiptSettings(
        @DefaultValue("30s") @NotNull Duration maxWait,
        @DefaultValue("2") @Min(1) @Max(64) int logReaders,
        @DefaultValue LogReads logReads,
        @DefaultValue("5000") @Min(1) @Max(1_000_000) int maxWaiting,
        @DefaultValue("200") @Min(0) @Max(1_000_000) int maxWaitingPerAddress,
        @DefaultValue("2s") @NotNull Duration readTimeout,
        @DefaultValue("3s") @NotNull Duration forwardTimeout) {
    /**
     * Bounds on reads of the log for one client address.
     *
     * @param rate reads per second on average; 0 for no limit
     * @param burst reads at once, before the rate applies
     * @param atOnce reads that are under way at the same time; 0 for no limit
     */
    record LogReads(
            @DefaultValue("20") BigDecimal rate, @DefaultValue("200") int burst, @DefaultValue("2") int atOnce) {
        LogReads {
            ClientLimits.requireRate("votelog.receipts.log-reads", rate, burst);
            if (atOnce < 0 || atOnce > ClientLimits.MAX_BURST) {
                throw new BadSettingException(
                        "votelog.receipts.log-reads.at-once",
                        Integer.toString(atOnce),
                        "reads under way: 0 for no limit, or 1 to %d".formatted(ClientLimits.MAX_BURST));
            }
        }
    }
}
