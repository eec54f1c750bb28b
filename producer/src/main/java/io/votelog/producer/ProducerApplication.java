// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import java.time.Clock;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;

/** Starts the write side, the gateway. Each room has a configuration of its own, which Spring finds. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class ProducerApplication {
    /** Starts the gateway; settings come from the command line, the environment and files, as Spring Boot reads them. */
    public static void main(String[] args) {
        SpringApplication.run(ProducerApplication.class, args);
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }
}
