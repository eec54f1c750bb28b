// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.auth;

import io.votelog.web.settings.CheckedAtStart;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A setting for local systems alone.
 *
 * @param tokens whether {@code POST /dev/token} gives anyone a token for any user
 */
@ConfigurationProperties("votelog.dev")
public record DevTokenSettings(@DefaultValue("false") boolean tokens) implements CheckedAtStart {}
