// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import io.votelog.schemas.UnfitLogException;
import io.votelog.streams.hosting.ExitCodes;
import java.time.Clock;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;

/** Starts the read side: it decides and counts the votes of the log, and serves the results over HTTP. */
@SpringBootApplication(proxyBeanMethods = false)
@ConfigurationPropertiesScan
public final class StreamsApplication {
    private StreamsApplication() {}

    /** Starts an instance; settings come from the command line, the environment and files, as Spring Boot reads them. */
    public static void main(String[] args) {
        try {
            SpringApplication.run(StreamsApplication.class, args);
        } catch (RuntimeException refused) {
            // UnfitLogAnalyzer has printed the cause already.
            if (isUnfitLog(refused)) {
                System.exit(ExitCodes.UNFIT);
            }
            throw refused;
        }
    }

    @Bean
    static Clock clock() {
        return Clock.systemUTC();
    }

    private static boolean isUnfitLog(Throwable refused) {
        for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnfitLogException) {
                return true;
            }
        }
        return false;
    }
}
