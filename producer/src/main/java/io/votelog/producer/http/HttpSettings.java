// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import io.votelog.web.origins.CorsSettings;
import io.votelog.web.settings.CheckedAtStart;
import io.votelog.web.settings.HstsSettings;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What browsers are told.
 *
 * @param cors which pages may call from a browser
 * @param hsts for how long browsers shall speak https alone with this side
 */
@ConfigurationProperties("votelog")
record HttpSettings(@DefaultValue CorsSettings cors, @DefaultValue HstsSettings hsts) implements CheckedAtStart {}
