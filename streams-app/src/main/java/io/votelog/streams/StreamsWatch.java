package io.votelog.streams;

import io.votelog.schemas.UnfitLogException;
import org.apache.kafka.streams.KafkaStreams;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.kafka.config.StreamsBuilderFactoryBean;

/**
 * Whether this instance can answer: yes from its first full run on, global stores restored, and in every later rebalance
 * too, because results are read from global stores and a rebalance would else take all instances away at once.
 */
final class StreamsWatch implements HealthIndicator, KafkaStreams.StateListener {
    private static final Logger LOG = LoggerFactory.getLogger(StreamsWatch.class);

    private final StreamsBuilderFactoryBean streams;
    private final Runnable onFirstRun;
    private final Runnable stop;
    private volatile boolean ran;

    /**
     * @param onFirstRun a check, on a thread of its own
     * @param stop what to do when it fails
     */
    StreamsWatch(StreamsBuilderFactoryBean streams, Runnable onFirstRun, Runnable stop) {
        this.streams = streams;
        this.onFirstRun = onFirstRun;
        this.stop = stop;
    }

    @Override
    public void onChange(KafkaStreams.State newState, KafkaStreams.State oldState) {
        LOG.info("streams: {}", newState);
        if (newState == KafkaStreams.State.RUNNING && !ran) {
            ran = true;
            new Thread(this::check, "votelog-first-run").start();
        }
    }

    private void check() {
        try {
            onFirstRun.run();
        } catch (UnfitLogException e) {
            LOG.error("the application stops: {}", e.getMessage());
            stop.run();
        }
    }

    @Override
    public Health health() {
        @Nullable KafkaStreams running = streams.getKafkaStreams();
        KafkaStreams.State state = running == null ? KafkaStreams.State.NOT_RUNNING : running.state();
        boolean up = ran && (state == KafkaStreams.State.RUNNING || state == KafkaStreams.State.REBALANCING);
        return (up ? Health.up() : Health.outOfService())
                .withDetail("state", state.name())
                .build();
    }
}
