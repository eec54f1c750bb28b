// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import io.micrometer.core.instrument.MeterRegistry;
import io.votelog.schemas.registry.RegistryForm;
import io.votelog.streams.read.board.ResultsBoard;
import io.votelog.streams.read.instances.InstanceClient;
import io.votelog.streams.read.instances.InstanceKeys;
import io.votelog.streams.read.instances.OwnAddress;
import io.votelog.web.limits.ClientLimits;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerSslBundle;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The look-up of receipts and voters. */
@Configuration(proxyBeanMethods = false)
class ReceiptsConfiguration {
    private static final int MAX_WAITING = 10_000;

    /** The threads for work that waits for a disk or a broker. */
    @Bean(destroyMethod = "dispose")
    Scheduler blocking() {
        return Schedulers.newBoundedElastic(Schedulers.DEFAULT_BOUNDED_ELASTIC_SIZE, MAX_WAITING, "stores");
    }

    @Bean
    VoterLookup voters(CountStores stores, OwnAddress self) {
        return new VoterLookup(stores, self);
    }

    @Bean
    LogReader logReader(KafkaProperties kafka, KafkaConnectionDetails connection, ReceiptSettings settings) {
        Map<String, Object> config = new HashMap<>(kafka.buildConsumerProperties());
        config.put("bootstrap.servers", connection.getConsumer().getBootstrapServers());
        config.putAll(LogReader.settings());
        return new LogReader(
                settings.logReaders(),
                settings.readTimeout(),
                () -> new KafkaConsumer<>(config, new ByteArrayDeserializer(), RegistryForm.deserializer()));
    }

    @Bean
    Receipts receipts(
            ResultsBoard board, VoterLookup voters, LogReader log, ReceiptSettings settings, MeterRegistry meters) {
        return new Receipts(board, voters, log, new LogReadLimit(settings, System::nanoTime, meters));
    }

    @Bean
    WaitLimit waits(ReceiptSettings settings, ClientLimits limits, MeterRegistry meters) {
        return new WaitLimit(
                settings.maxWaiting(),
                InstanceClient.maxWaits(limits.address().connections()),
                settings.maxWaitingPerAddress(),
                meters);
    }

    @Bean
    InstanceClient instanceClient(
            ReceiptSettings settings,
            ClientLimits limits,
            InstanceKeys instances,
            ServerProperties server,
            SslBundles bundles) {
        InstanceClient client = new InstanceClient(
                settings.forwardTimeout(),
                InstanceClient.connections(limits.address().connections()),
                instances);
        // Instances are configured alike: where this one serves HTTPS, the others do, and present what its own trust
        // store knows.
        Ssl ssl = server.getSsl();
        if (ssl != null && ssl.isEnabled()) {
            client.trust(WebServerSslBundle.get(ssl, bundles).getManagers().getTrustManagerFactory());
            if (ssl.getBundle() != null) {
                bundles.addBundleUpdateHandler(
                        ssl.getBundle(),
                        changed -> client.trust(changed.getManagers().getTrustManagerFactory()));
            }
        }
        return client;
    }
}
