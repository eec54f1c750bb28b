// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.streams.KafkaStreamsMicrometerListener;

/**
 * One of the two Kafka Streams of this process, from the application's start to its stop. A restart makes a new Kafka Streams
 * with the same topology on the same stores.
 */
final class HostedStreams implements SmartLifecycle {
    /** The phase in which the later of the two starts; it stops after the web server has answered what it had begun to. */
    static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

    private static final Logger LOG = LoggerFactory.getLogger(HostedStreams.class);

    private final String name;
    private final int phase;
    private final Supplier<Topology> topology;
    private final Map<String, Object> config;
    private final KafkaClientSupplier clients;
    private final Duration closeTimeout;
    private final StreamsUncaughtExceptionHandler faults;
    private final KafkaStreamsMicrometerListener meters;
    private final List<Runnable> onStart = new CopyOnWriteArrayList<>();
    private final List<KafkaStreams.StateListener> onChange = new CopyOnWriteArrayList<>();

    private volatile @Nullable KafkaStreams streams;
    private volatile boolean running;

    /**
     * A Kafka Streams that is not started.
     *
     * @param name its name in messages and metrics
     * @param phase the phase of the application's start; the higher it is, the later it starts and the sooner it stops
     * @param topology makes a new topology for each start
     * @param closeTimeout how long a stop may take
     */
    HostedStreams(
            String name,
            int phase,
            Supplier<Topology> topology,
            Map<String, Object> config,
            KafkaClientSupplier clients,
            Duration closeTimeout,
            StreamsUncaughtExceptionHandler faults,
            KafkaStreamsMicrometerListener meters) {
        this.name = name;
        this.phase = phase;
        this.topology = topology;
        this.config = Map.copyOf(config);
        this.clients = clients;
        this.closeTimeout = closeTimeout;
        this.faults = faults;
        this.meters = meters;
    }

    /** Adds an action that is run after each start, when the global stores have caught up with their topics. */
    void onStart(Runnable started) {
        onStart.add(started);
    }

    /** Adds a listener for each change of state; it is called on the thread that makes the change. */
    void onChange(KafkaStreams.StateListener listener) {
        onChange.add(listener);
    }

    /** The Kafka Streams that runs now; null before the start and after the stop. */
    @Nullable
    KafkaStreams streams() {
        return streams;
    }

    /** {@code NOT_RUNNING} before the start too. */
    KafkaStreams.State state() {
        KafkaStreams current = streams;
        return current == null ? KafkaStreams.State.NOT_RUNNING : current.state();
    }

    /** Whether it processes records, or will when its group has assigned the tasks. */
    boolean isWorking() {
        return state().isRunningOrRebalancing();
    }

    /** The positions up to which the thread of this name has processed its partitions, in words. */
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
     * Stops the Kafka Streams and starts it again. After the application's stop has begun it does nothing. When it throws, the
     * Kafka Streams is left stopped, and restart may be called again.
     *
     * @param between an action between stop and start
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
        KafkaStreams opened = new KafkaStreams(topology.get(), properties, clients);
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
        // A member that does not leave its group is waited for until its session times out.
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
