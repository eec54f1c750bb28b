// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.promises;

import io.votelog.web.settings.BadSettingException;
import io.votelog.web.settings.CheckedAtStart;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Whether voters can be shown what the log has as their choices. Who can see that, can show it to whoever pays for it, so nobody can where
 * nobody says otherwise.
 *
 * @param enabled whether gateways give tickets for it
 * @param validFor how long a ticket is good, a second to an hour
 */
@ConfigurationProperties("votelog.openings")
record OpeningSettings(@DefaultValue("false") boolean enabled, @DefaultValue("5m") Duration validFor)
        implements CheckedAtStart {
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofHours(1);

    OpeningSettings {
        if (validFor.compareTo(SHORTEST) < 0 || validFor.compareTo(LONGEST) > 0) {
            throw new BadSettingException("votelog.openings.valid-for", validFor.toString(), "1s to 1h");
        }
    }
}
