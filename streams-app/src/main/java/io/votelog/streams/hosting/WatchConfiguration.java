// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import io.votelog.schemas.cluster.LogCluster;
import io.votelog.streams.read.board.BallotsBoard;
import io.votelog.streams.read.board.ResultsBoard;
import io.votelog.streams.read.instances.InstanceKeys;
import io.votelog.streams.read.instances.OwnAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.streams.KafkaStreams;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What watches the two Kafka Streams: failures of their threads, liveness, and whether the count goes on. */
@Configuration(proxyBeanMethods = false)
class WatchConfiguration {
    /** The most time between two looks at whether votes wait. */
    private static final Duration LOOK_AT_VOTES_EVERY = Duration.ofSeconds(10);

    @Bean
    Liveness liveness(ApplicationContext context) {
        return new Liveness(context);
    }

    @Bean
    StreamsFailureHandler countingFaults(
            StreamsSettings settings,
            Liveness liveness,
            @Qualifier("counting") ObjectProvider<HostedStreams> streams,
            ObjectProvider<CountWatch> watch) {
        return faults(StreamsConfiguration.COUNTING, settings, liveness, streams, watch);
    }

    @Bean
    StreamsFailureHandler resultsFaults(
            StreamsSettings settings,
            Liveness liveness,
            @Qualifier("results") ObjectProvider<HostedStreams> streams,
            ObjectProvider<CountWatch> watch) {
        return faults(StreamsConfiguration.RESULTS, settings, liveness, streams, watch);
    }

    /** The Kafka Streams and the watch are looked up late, since they are made after their failure handlers. */
    private static StreamsFailureHandler faults(
            String name,
            StreamsSettings settings,
            Liveness liveness,
            ObjectProvider<HostedStreams> streams,
            ObjectProvider<CountWatch> watch) {
        return new StreamsFailureHandler(
                name,
                settings.threadReplacements(),
                System::nanoTime,
                thread -> streams.getObject().positions(thread),
                new StreamsFailureHandler.Reaction() {
                    @Override
                    public void failed() {
                        watch.getObject().checkNow();
                    }

                    @Override
                    public void broken(boolean broken) {
                        liveness.report(name, broken);
                    }

                    @Override
                    public void startAnew() {
                        Thread anew = new Thread(
                                () -> {
                                    streams.getObject().restart(() -> {});
                                    liveness.report(name, false);
                                },
                                name + "-anew");
                        anew.setDaemon(true);
                        anew.start();
                    }

                    @Override
                    public void cut() {
                        ExitCodes.exit(ExitCodes.LOG_CUT);
                    }
                });
    }

    @Bean
    UncountedVotes uncountedVotes(LogCluster cluster, StreamsSettings settings) {
        return new UncountedVotes(
                        () -> cluster.committedOfVotes(settings.applicationId()),
                        cluster::endsOfVotes,
                        settings.standstillAfter())
                .lookEvery(Collections.min(
                        List.of(LOOK_AT_VOTES_EVERY, settings.standstillAfter().dividedBy(4))));
    }

    @Bean
    CountWatch streamsHealthIndicator(
            @Qualifier("counting") HostedStreams counting,
            @Qualifier("results") HostedStreams results,
            LogCluster cluster,
            LogCluster.Layout prepared,
            StreamsSettings settings,
            AddressClaims claims,
            InstanceKeys instances,
            @Qualifier("countingFaults") StreamsFailureHandler faults,
            UncountedVotes uncounted,
            ResultsBoard board,
            BallotsBoard ballots,
            OwnAddress self,
            Liveness liveness) {
        // A failed thread that Kafka Streams does not replace, such as that of the global stores, ends the Kafka
        // Streams whatever the handler answered.
        counting.onChange((now, before) -> sayIfBroken(liveness, StreamsConfiguration.COUNTING, now));
        results.onChange((now, before) -> sayIfBroken(liveness, StreamsConfiguration.RESULTS, now));
        Runnable onFirstRun = prepared.replicas() >= LogCluster.CLUSTER_REPLICAS
                ? () -> cluster.checkChangelogs(settings.applicationId())
                : () -> {};
        return new CountWatch(
                counting,
                results,
                cluster,
                prepared,
                settings,
                LogConfiguration.partitionedAsVotes(settings),
                claims,
                instances,
                faults,
                uncounted,
                board,
                ballots,
                self,
                onFirstRun,
                () -> ExitCodes.exit(ExitCodes.UNFIT));
    }

    private static void sayIfBroken(Liveness liveness, String name, KafkaStreams.State now) {
        if (now == KafkaStreams.State.ERROR) {
            liveness.report(name, true);
        }
    }
}
