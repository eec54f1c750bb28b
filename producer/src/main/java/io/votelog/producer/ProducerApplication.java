package io.votelog.producer;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Votelog's write side. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class ProducerApplication {
    /** Starts it; settings come from the command line, the environment and files, as Spring Boot reads them. */
    public static void main(String[] args) {
        SpringApplication.run(ProducerApplication.class, args);
    }
}
