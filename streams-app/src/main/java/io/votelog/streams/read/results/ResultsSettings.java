// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How results are served.
 *
 * @param maxReaders how many streams may be read, over all ballots; one more is refused
 * @param maxReadersPerAddress how many streams one client address may read; 0 for no limit
 * @param heartbeat the time between two comments in a stream
 * @param catchUp how long an instance that is behind a reader waits for newer results before it answers that it is behind
 * @param writeTimeout how long a reader may take nothing before its connection is closed
 */
@ConfigurationProperties("votelog.results")
@Validated
record ResultsSettings(
        @DefaultValue("5000") @Min(1) @Max(1_000_000) int maxReaders,
        @DefaultValue("500") @Min(0) @Max(1_000_000) int maxReadersPerAddress,
        @DefaultValue("15s") @NotNull Duration heartbeat,
        @DefaultValue("1s") @NotNull Duration catchUp,
        @DefaultValue("60s") @NotNull Duration writeTimeout) {
    public ResultsSettings {
        if (heartbeat.toMillis() < 10) {
            throw new IllegalArgumentException("heartbeat is %s; 10 ms or more is allowed".formatted(heartbeat));
        }
    }
}
