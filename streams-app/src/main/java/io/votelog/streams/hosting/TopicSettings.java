// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How missing topics are created.
 *
 * @param partitions partitions of the topic of votes; an existing topic keeps its own number
 * @param replicas copies of each partition; -1 for as many as there are brokers, at most 3
 * @param flush whether brokers must sync a record of votes, ballots or seals before it is acknowledged
 */
@ConfigurationProperties("votelog.topics")
@Validated
record TopicSettings(
        @DefaultValue("4") @Min(1) @Max(1024) int partitions,
        @DefaultValue("-1") @Min(-1) @Max(9) int replicas,
        @DefaultValue("false") boolean flush) {}
