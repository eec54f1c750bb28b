// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.promises;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Whether voters can be shown what the log has as their choices. Who can see that, can show it to whoever pays for it, so nobody can where
 * nobody says otherwise.
 *
 * @param enabled whether gateways give tickets for it
 * @param validFor how long a ticket is good
 */
@ConfigurationProperties("votelog.openings")
record OpeningSettings(@DefaultValue("false") boolean enabled, @DefaultValue("5m") Duration validFor) {}
