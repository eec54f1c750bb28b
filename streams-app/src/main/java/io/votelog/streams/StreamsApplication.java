// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import io.votelog.schemas.UnfitLogException;
import io.votelog.streams.hosting.HostingConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Decides and tallies the votes of the log, and answers for the results. */
@SpringBootApplication(proxyBeanMethods = false)
@ConfigurationPropertiesScan
public final class StreamsApplication {
    private StreamsApplication() {}

    public static void main(String[] args) {
        try {
            SpringApplication.run(StreamsApplication.class, args);
        } catch (RuntimeException refused) {
            // It is said already.
            if (isOfTheLog(refused)) {
                System.exit(HostingConfiguration.EXIT_UNFIT);
            }
            throw refused;
        }
    }

    private static boolean isOfTheLog(Throwable refused) {
        for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnfitLogException) {
                return true;
            }
        }
        return false;
    }
}
