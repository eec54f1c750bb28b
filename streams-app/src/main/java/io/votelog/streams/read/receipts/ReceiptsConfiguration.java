// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import io.micrometer.core.instrument.MeterRegistry;
import io.votelog.streams.read.board.ResultsBoard;
import io.votelog.streams.read.instances.Instances;
import io.votelog.streams.read.instances.Neighbours;
import io.votelog.streams.read.instances.OwnAddress;
import io.votelog.web.limits.ClientLimits;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** What became of a vote, from the voters' store, another instance or the log. */
@Configuration(proxyBeanMethods = false)
class ReceiptsConfiguration {
    private static final int MAX_WAITING = 10_000;

    /** For what waits for a disk or a broker. */
    @Bean(destroyMethod = "dispose")
    Scheduler blocking() {
        return Schedulers.newBoundedElastic(Schedulers.DEFAULT_BOUNDED_ELASTIC_SIZE, MAX_WAITING, "stores");
    }

    @Bean
    Voters voters(CountStores stores, OwnAddress self) {
        return new Voters(stores, self);
    }

    @Bean
    LogReader logReader(KafkaProperties kafka, KafkaConnectionDetails connection, ReceiptSettings settings) {
        Map<String, Object> config = new HashMap<>(kafka.buildConsumerProperties());
        config.put("bootstrap.servers", connection.getConsumer().getBootstrapServers());
        config.putAll(LogReader.settings());
        return new LogReader(
                settings.logReaders(),
                settings.readTimeout(),
                () -> new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    @Bean
    Receipts receipts(
            ResultsBoard board, Voters voters, LogReader log, ReceiptSettings settings, MeterRegistry meters) {
        return new Receipts(board, voters, log, new LogReads(settings, System::nanoTime, meters));
    }

    @Bean
    Waits waits(ReceiptSettings settings, ClientLimits limits, MeterRegistry meters) {
        return new Waits(
                settings.maxWaiting(),
                Neighbours.waits(limits.address().connections()),
                settings.maxWaitingPerAddress(),
                meters);
    }

    @Bean
    Neighbours neighbours(ReceiptSettings settings, ClientLimits limits, Instances instances) {
        return new Neighbours(
                settings.forwardTimeout(),
                Neighbours.connections(limits.address().connections()),
                instances);
    }
}
