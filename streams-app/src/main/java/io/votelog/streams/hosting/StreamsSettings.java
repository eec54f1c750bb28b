// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.nio.file.Path;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How the topology runs in this process.
 *
 * @param applicationId names the consumer group, the changelogs and the transactions; all instances share it
 * @param stateDir where the stores are kept; no two instances may share it
 * @param advertised {@code host:port} at which other instances reach this one's HTTP port; by default the server's port at the
 *     address from which this host reaches the brokers
 * @param threads how many threads process partitions
 * @param standbyReplicas warm copies of each store on other instances; by default 1 where topics have three replicas or more,
 *     else 0
 * @param commitInterval the longest time between two commits while nothing is to be sent; what is to be sent is committed at
 *     once
 * @param resultsInterval the least time between two results of a ballot: tallies are sent at the beginning of each such period,
 *     and results in its middle, where something has changed; 50 ms to a minute
 * @param standstillAfter how long votes of a partition may wait without the count going on there before results are shown as not
 *     live; a second or more
 * @param closeTimeout how long a stop may take
 * @param threadReplacements how many failed threads are replaced within five minutes before the instance gives up
 */
@ConfigurationProperties("votelog.streams")
@Validated
record StreamsSettings(
        @DefaultValue("votelog-streams") @Pattern(regexp = "[A-Za-z0-9._-]{1,120}") String applicationId,
        @DefaultValue(".votelog/streams") Path stateDir,
        @Nullable @Pattern(regexp = "(\\[[0-9a-fA-F:.]+]|[^:/\\s]+):[0-9]{1,5}") String advertised,
        @DefaultValue("2") @Min(1) @Max(64) int threads,
        @Nullable @Min(0) @Max(3) Integer standbyReplicas,
        @DefaultValue("1s") @NotNull Duration commitInterval,
        @DefaultValue("100ms") @NotNull @DurationMin(millis = 50) @DurationMax(minutes = 1) Duration resultsInterval,
        @DefaultValue("30s") @NotNull @DurationMin(seconds = 1) Duration standstillAfter,
        @DefaultValue("10s") @NotNull Duration closeTimeout,
        @DefaultValue("10") @Min(0) @Max(1000) int threadReplacements) {
    /** The application id of the Kafka Streams that reads tallies and keeps results. */
    String resultsApplicationId() {
        return applicationId + "-results";
    }
}
