// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import io.votelog.schemas.cluster.UnfitLogException;
import io.votelog.schemas.registry.UnfitRegistryException;
import io.votelog.streams.hosting.ClusterAccess;
import io.votelog.streams.hosting.ExitCodes;
import io.votelog.web.cluster.CheckCommand;
import java.time.Clock;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.annotation.Bean;

/** Starts the read side: it decides and counts the votes of the log, and serves the results over HTTP. */
@SpringBootApplication(proxyBeanMethods = false)
@ConfigurationPropertiesScan
public final class StreamsApplication {
    private StreamsApplication() {}

    /**
     * Starts an instance, or with {@code --check} checks the cluster alone; settings come from the command line, the environment and
     * files, as Spring Boot reads them.
     */
    public static void main(String[] args) {
        if (CheckCommand.isAskedForBy(args)) {
            System.exit(CheckCommand.run(
                    args,
                    System.out,
                    System.err,
                    ClusterAccess.class,
                    KafkaAutoConfiguration.class,
                    SslAutoConfiguration.class));
        }
        try {
            SpringApplication.run(StreamsApplication.class, args);
        } catch (RuntimeException refused) {
            // UnfitLogAnalyzer or UnfitRegistryAnalyzer has printed the cause already.
            if (isUnfit(refused)) {
                System.exit(ExitCodes.UNFIT);
            }
            throw refused;
        }
    }

    @Bean
    static Clock clock() {
        return Clock.systemUTC();
    }

    private static boolean isUnfit(Throwable refused) {
        for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnfitLogException || cause instanceof UnfitRegistryException) {
                return true;
            }
        }
        return false;
    }
}
