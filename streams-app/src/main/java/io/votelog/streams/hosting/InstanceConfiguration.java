// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import io.votelog.streams.read.instances.InstanceKeys;
import io.votelog.streams.read.instances.OwnAddress;
import java.util.Objects;
import org.apache.kafka.streams.state.HostInfo;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** This instance among the others: its address, its key, and the name of its clients. */
@Configuration(proxyBeanMethods = false)
class InstanceConfiguration {
    @Bean
    OwnAddress self(StreamsSettings settings, Environment environment, KafkaConnectionDetails connection) {
        String advertised = settings.advertised();
        String address = advertised != null
                ? advertised
                : ReachableAddress.of(
                        environment.getProperty("server.address"),
                        connection.getStreams().getBootstrapServers(),
                        environment.getProperty("server.port", "8081"));
        return new OwnAddress(Objects.requireNonNull(HostInfo.buildFromEndpoint(address)));
    }

    @Bean
    InstanceKeys instances() {
        return new InstanceKeys();
    }

    @Bean
    AddressClaims addressClaims(StreamsSettings settings, OwnAddress self, InstanceKeys instances) {
        return new AddressClaims(settings.applicationId(), self.host(), instances.key());
    }
}
