package io.votelog.streams;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Decides and tallies the votes of the log, and answers for the results. */
@SpringBootApplication(proxyBeanMethods = false)
@ConfigurationPropertiesScan
public final class StreamsApplication {
    private StreamsApplication() {}

    public static void main(String[] args) {
        SpringApplication.run(StreamsApplication.class, args);
    }
}
