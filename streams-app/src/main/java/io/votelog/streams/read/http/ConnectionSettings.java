// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.http;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Bounds on the connections of clients; those of the gateways are the same.
 *
 * @param requestTimeout how long a request may pause while it comes in; the whole request may take three times as long
 * @param idleTimeout how long a connection may be idle between an answer and the next request
 * @param maxConnections how many client connections may be open at once
 */
@ConfigurationProperties("votelog")
@Validated
record ConnectionSettings(
        @DefaultValue("10s") @DurationMin(millis = 100) Duration requestTimeout,
        @DefaultValue("75s") @DurationMin(seconds = 1) Duration idleTimeout,
        @DefaultValue("10000") @Min(1) @Max(1_000_000) int maxConnections) {}
