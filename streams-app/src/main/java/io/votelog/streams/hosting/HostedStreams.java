// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.streams.KafkaStreamsMicrometerListener;

/**
 * One of the two Kafka Streams of this process, from the start of the application to its stop. It can be stopped and started
 * in between: then it is another Kafka Streams with the same topology, on the same stores.
 */
final class HostedStreams implements SmartLifecycle {
    /** When the last one starts; it stops after the web server has answered what it had begun to. */
    static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

    private static final Logger LOG = LoggerFactory.getLogger(HostedStreams.class);

    private final String name;
    private final int phase;
    private final Supplier<Topology> topology;
    private final Map<String, Object> config;
    private final Duration closeTimeout;
    private final StreamsUncaughtExceptionHandler faults;
    private final KafkaStreamsMicrometerListener meters;
    private final List<Runnable> onStart = new CopyOnWriteArrayList<>();
    private final List<KafkaStreams.StateListener> onChange = new CopyOnWriteArrayList<>();

    private volatile @Nullable KafkaStreams streams;
    private volatile boolean running;

    /**
     * Kafka Streams, yet to be started.
     *
     * @param name what it is called in the log and in metrics
     * @param phase of the application's start; the higher it is, the later it starts and the sooner it stops
     * @param topology makes a new one for each start
     * @param closeTimeout how long a stop may take
     */
    HostedStreams(
            String name,
            int phase,
            Supplier<Topology> topology,
            Map<String, Object> config,
            Duration closeTimeout,
            StreamsUncaughtExceptionHandler faults,
            KafkaStreamsMicrometerListener meters) {
        this.name = name;
        this.phase = phase;
        this.topology = topology;
        this.config = Map.copyOf(config);
        this.closeTimeout = closeTimeout;
        this.faults = faults;
        this.meters = meters;
    }

    /** Has this run after each start, when the global stores hold all that there was. */
    void onStart(Runnable started) {
        onStart.add(started);
    }

    /** Has this told of each change, on the thread that makes it. */
    void onChange(KafkaStreams.StateListener listener) {
        onChange.add(listener);
    }

    /** None before the start and behind the end. */
    @Nullable
    KafkaStreams streams() {
        return streams;
    }

    /** {@code NOT_RUNNING} before the start too. */
    KafkaStreams.State state() {
        KafkaStreams current = streams;
        return current == null ? KafkaStreams.State.NOT_RUNNING : current.state();
    }

    /** Whether it processes what comes, or is about to when its group has shared out the tasks. */
    boolean works() {
        return state().isRunningOrRebalancing();
    }

    /** Up to where a thread of this name has processed the partitions that it has, in words. */
    String positions(String threadName) {
        KafkaStreams current = streams;
        if (current == null) {
            return "nothing that is known";
        }
        try {
            return current.metadataForLocalThreads().stream()
                    .filter(thread -> thread.threadName().equals(threadName))
                    .flatMap(thread -> thread.activeTasks().stream())
                    .flatMap(task -> task.committedOffsets().entrySet().stream())
                    .map(next -> "%s up to offset %d".formatted(next.getKey(), next.getValue()))
                    .sorted()
                    .reduce((one, other) -> one + ", " + other)
                    .orElse("nothing that is known");
        } catch (IllegalStateException ended) {
            return "nothing that is known";
        }
    }

    @Override
    public synchronized void start() {
        if (!running) {
            running = true;
            open();
        }
    }

    @Override
    public synchronized void stop() {
        if (running) {
            running = false;
            close();
        }
    }

    /**
     * Stops it, and starts it again. It does nothing once the application stops. Where it throws it is left stopped, and may be
     * called again.
     *
     * @param between done in between
     */
    synchronized void restart(Runnable between) {
        if (running) {
            close();
            between.run();
            open();
        }
    }

    private void open() {
        Properties properties = new Properties();
        properties.putAll(config);
        KafkaStreams opened = new KafkaStreams(topology.get(), properties);
        opened.setUncaughtExceptionHandler(faults);
        opened.setStateListener((newState, oldState) -> {
            LOG.info("{}: {}", name, newState);
            onChange.forEach(listener -> listener.onChange(newState, oldState));
        });
        streams = opened;
        meters.streamsAdded(name, opened);
        opened.start();
        onStart.forEach(Runnable::run);
    }

    private void close() {
        KafkaStreams closed = streams;
        if (closed == null) {
            return;
        }
        streams = null;
        meters.streamsRemoved(name, closed);
        // A member that does not leave is waited for until its session times out.
        boolean ended = closed.close(CloseOptions.timeout(closeTimeout)
                .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        if (!ended) {
            LOG.warn("{} has not ended within {} s", name, closeTimeout.toSeconds());
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return phase;
    }
}
