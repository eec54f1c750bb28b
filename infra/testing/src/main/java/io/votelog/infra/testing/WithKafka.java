// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives a test class a real Kafka broker: one {@link KafkaBroker} for the whole test JVM, started on first use and
 * shared between classes, so a class uses topics of its own or asks for {@link #freshTopics()}.
 *
 * <p>The broker is injected into parameters of type {@link KafkaBroker} (constructor, test and lifecycle methods) and
 * into fields of that type that are not final; static fields are set before any {@code @BeforeAll} method runs.
 *
 * <p>It runs in a container ({@code apache/kafka} in the clients' version) where a container engine answers, else as a
 * child JVM. System property {@value BrokerKind#PROPERTY}, or environment variable {@value BrokerKind#VARIABLE}, forces
 * {@code container} or {@code process}.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(KafkaExtension.class)
public @interface WithKafka {
    /** Whether every topic on the broker, internal ones aside, is deleted before the class begins. */
    boolean freshTopics() default false;
}
