// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.connections;

import io.votelog.web.settings.CheckedAtStart;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What a connection of a client may take, at either side.
 *
 * @param requestTimeout how long a request may pause while it comes in; the whole request may take three times as long
 * @param idleTimeout how long a connection may be idle between an answer and the next request
 * @param maxConnections how many client connections may be open at once
 */
@ConfigurationProperties("votelog")
@Validated
public record ConnectionSettings(
        @DefaultValue("10s") @DurationMin(millis = 100) Duration requestTimeout,
        @DefaultValue("75s") @DurationMin(seconds = 1) Duration idleTimeout,
        @DefaultValue("10000") @Min(1) @Max(1_000_000) int maxConnections)
        implements CheckedAtStart {
    /** How long a client may take by these settings. */
    public Patience patience() {
        return new Patience(requestTimeout, requestTimeout.multipliedBy(3), idleTimeout);
    }
}
