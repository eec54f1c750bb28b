// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import io.votelog.web.settings.CheckedAtStart;
import io.votelog.web.settings.HstsSettings;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How clients may connect.
 *
 * @param cors which pages may call from a browser
 * @param hsts how long browsers shall use https alone with this side
 * @param requestTimeout how long a request may pause while it comes in; the whole request may take three times as long
 * @param idleTimeout how long a connection may be idle between an answer and the next request
 * @param maxConnections how many client connections may be open at once
 */
@ConfigurationProperties("votelog")
@Validated
record HttpSettings(
        @DefaultValue @Valid Cors cors,
        @DefaultValue @Valid HstsSettings hsts,
        @DefaultValue("10s") @DurationMin(millis = 100) Duration requestTimeout,
        @DefaultValue("75s") @DurationMin(seconds = 1) Duration idleTimeout,
        @DefaultValue("10000") @Min(1) @Max(1_000_000) int maxConnections)
        implements CheckedAtStart {
    /**
     * Which pages may call from a browser.
     *
     * @param allowedOrigins each like {@code https://vote.example}, or {@code *} for all; none by default
     */
    record Cors(@DefaultValue List<String> allowedOrigins) {
        Cors {
            allowedOrigins = List.copyOf(allowedOrigins);
        }
    }
}
