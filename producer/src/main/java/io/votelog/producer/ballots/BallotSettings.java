// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.ballots;

import io.votelog.web.settings.BadSettingException;
import io.votelog.web.settings.CheckedAtStart;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How ballots are written to the log, and how its topics are created.
 *
 * @param log the keys of control records
 * @param topics how missing topics are created
 * @param publishTimeout how long a publication waits to be ready before it is answered 202
 * @param takeOverAfter how long half-done work is left to the gateway that began it
 */
@ConfigurationProperties("votelog")
@Validated
public record BallotSettings(
        @DefaultValue @Valid Log log,
        @DefaultValue @Valid TopicCreation topics,
        @DefaultValue("10s") @DurationMin(millis = 100) Duration publishTimeout,
        @DefaultValue("3s") @DurationMin(millis = 0) Duration takeOverAfter)
        implements CheckedAtStart {
    /**
     * The keys of control records.
     *
     * @param privateKey the Ed25519 key with which this gateway signs: the base64 of its PKCS #8 form
     * @param publicKeys the keys that are obeyed, each the base64 of its 32 raw bytes; one of them belongs to the private key
     */
    record Log(@Nullable String privateKey, @DefaultValue List<String> publicKeys) {
        /** Without the private key. */
        @Override
        public String toString() {
            return "Log[publicKeys=%s]".formatted(publicKeys);
        }
    }

    /**
     * How topics are created that are missing.
     *
     * @param partitions of the votes topic
     * @param replicas of each partition; -1 for as many as there are brokers, at most 3
     * @param flush whether brokers must sync a record of votes, ballots or seals before it is acknowledged
     * @param startTimeout how long the start waits for the brokers
     */
    public record TopicCreation(
            @DefaultValue("4") @Min(1) @Max(1024) int partitions,
            @DefaultValue("-1") @Min(-1) @Max(9) int replicas,
            @DefaultValue("false") boolean flush,
            @DefaultValue("60s") @DurationMin(seconds = 1) Duration startTimeout) {
        public TopicCreation {
            if (replicas == 0) {
                throw new BadSettingException(
                        "votelog.topics.replicas", "0", "1 to 9, or -1 for as many as there are brokers, at most 3");
            }
        }
    }
}
