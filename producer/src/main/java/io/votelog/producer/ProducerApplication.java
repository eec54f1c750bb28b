// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import io.votelog.producer.ballots.ClusterAccess;
import io.votelog.web.cluster.CheckCommand;
import java.io.PrintStream;
import java.time.Clock;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.annotation.Bean;

/** Starts the write side, the gateway. Each room has a configuration of its own, which Spring finds. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class ProducerApplication {
    /**
     * Starts the gateway, or with {@code --check} checks the cluster alone; settings come from the command line, the environment and
     * files, as Spring Boot reads them.
     */
    public static void main(String[] args) {
        if (CheckCommand.isAskedForBy(args)) {
            System.exit(check(args, System.out, System.err));
        }
        SpringApplication.run(ProducerApplication.class, args);
    }

    /** Checks the cluster, and returns the exit code. */
    static int check(String[] args, PrintStream out, PrintStream err) {
        return CheckCommand.run(
                args, out, err, ClusterAccess.class, KafkaAutoConfiguration.class, SslAutoConfiguration.class);
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }
}
