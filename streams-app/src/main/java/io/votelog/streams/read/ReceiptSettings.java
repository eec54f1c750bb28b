package io.votelog.streams.read;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How receipts are looked up.
 *
 * @param maxWait the longest that a client may ask to wait for a verdict
 * @param logReaders consumers for reading single records of votes
 * @param readTimeout for one such record
 * @param forwardTimeout for another instance's answer, beyond the client's wait
 */
@ConfigurationProperties("votelog.receipts")
@Validated
record ReceiptSettings(
        @DefaultValue("30s") @NotNull Duration maxWait,
        @DefaultValue("2") @Min(1) @Max(64) int logReaders,
        @DefaultValue("2s") @NotNull Duration readTimeout,
        @DefaultValue("3s") @NotNull Duration forwardTimeout) {}
