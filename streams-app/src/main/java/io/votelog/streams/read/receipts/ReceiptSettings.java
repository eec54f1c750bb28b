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
 * @param maxWait the longest that a client may ask to wait for a verdict
 * @param logReaders consumers for reading single records of votes
 * @param logReads how often a client address may have such a record read
 * @param maxWaiting clients that wait for a verdict at once; the others are answered without a wait
 * @param maxWaitingPerAddress of them of one client address; 0 for no limit
 * @param readTimeout for one such record
 * @param forwardTimeout for another instance's answer, beyond the client's wait
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
     * Reads of the log for one client address.
     *
     * @param rate a second on average; 0 for no limit
     * @param burst at once, before the rate is waited for
     * @param atOnce that are under way at the same time; 0 for no limit
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
