// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Makes a gateway that gives anyone a token listen on 127.0.0.1, unless it is configured to listen on another address of this
 * machine.
 */
final class LocalAddress implements EnvironmentPostProcessor {
    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        if (environment.getProperty("votelog.dev.tokens", Boolean.class, false)) {
            environment
                    .getPropertySources()
                    .addLast(new MapPropertySource(
                            "local address of a gateway with development tokens",
                            Map.of("server.address", "127.0.0.1", "management.server.address", "127.0.0.1")));
        }
    }
}
