// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import java.io.File;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.StreamsMetrics;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.CommitCallback;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.Punctuator;
import org.apache.kafka.streams.processor.StateRestoreCallback;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** What a processor and its stores are given of the task that they are in: its stores, its clock and timers, and who gets what it forwards. */
final class TaskContext<K, V> implements ProcessorContext<K, V>, StateStoreContext {
    private static final StreamsMetrics UNCOUNTED = new Uncounted();

    private final TaskId taskId;
    private final File stateDir;
    private final LongSupplier clock;
    private final BiConsumer<Record<? extends K, ? extends V>, String> children;
    private final Map<String, StateStore> stores = new HashMap<>();
    private final List<Timer> timers = new ArrayList<>();
    private RecordMetadata at;
    private StateRestoreCallback restore;
    private boolean commitRequested;

    /** @param children get what is forwarded, and to which child; null where it is to all */
    TaskContext(
            TaskId taskId,
            File stateDir,
            LongSupplier clock,
            BiConsumer<Record<? extends K, ? extends V>, String> children) {
        this.taskId = taskId;
        this.stateDir = stateDir;
        this.clock = clock;
        this.children = children;
    }

    private static final class Timer {
        private final long everyMs;
        private final Punctuator action;
        private long dueMs;
        private boolean cancelled;

        Timer(long everyMs, Punctuator action, long dueMs) {
            this.everyMs = everyMs;
            this.action = action;
            this.dueMs = dueMs;
        }
    }

    void add(StateStore store) {
        stores.put(store.name(), store);
    }

    void at(RecordMetadata place) {
        at = place;
    }

    /** By what the store that was registered is restored. */
    StateRestoreCallback restore() {
        return restore;
    }

    void forgetTimers() {
        timers.clear();
    }

    /** Fires the timers whose time has come; returns whether there was one. */
    boolean fireDue() {
        long nowMs = clock.getAsLong();
        boolean fired = false;
        for (Timer timer : List.copyOf(timers)) {
            if (!timer.cancelled && timer.dueMs <= nowMs) {
                timer.dueMs = nowMs + timer.everyMs;
                timer.action.punctuate(nowMs);
                fired = true;
            }
        }
        timers.removeIf(timer -> timer.cancelled);
        return fired;
    }

    boolean hasTimers() {
        return timers.stream().anyMatch(timer -> !timer.cancelled);
    }

    boolean takeCommitRequest() {
        boolean requested = commitRequested;
        commitRequested = false;
        return requested;
    }

    @Override
    public <A extends K, B extends V> void forward(Record<A, B> record) {
        children.accept(record, null);
    }

    @Override
    public <A extends K, B extends V> void forward(Record<A, B> record, String child) {
        children.accept(record, child);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <S extends StateStore> S getStateStore(String name) {
        return (S) stores.get(name);
    }

    @Override
    public Cancellable schedule(Duration interval, PunctuationType type, Punctuator action) {
        if (type != PunctuationType.WALL_CLOCK_TIME) {
            throw new UnsupportedOperationException("timers run by the wall clock");
        }
        Timer timer = new Timer(interval.toMillis(), action, clock.getAsLong() + interval.toMillis());
        timers.add(timer);
        return () -> timer.cancelled = true;
    }

    @Override
    public Cancellable schedule(Instant start, Duration interval, PunctuationType type, Punctuator action) {
        throw new UnsupportedOperationException("timers have no fixed beginning");
    }

    @Override
    public void commit() {
        commitRequested = true;
    }

    @Override
    public void register(StateStore store, StateRestoreCallback callback) {
        restore = callback;
    }

    @Override
    public void register(StateStore store, StateRestoreCallback callback, CommitCallback commit) {
        restore = callback;
    }

    @Override
    public TaskId taskId() {
        return taskId;
    }

    @Override
    public Optional<RecordMetadata> recordMetadata() {
        return Optional.ofNullable(at);
    }

    @Override
    public File stateDir() {
        return stateDir;
    }

    @Override
    public StreamsMetrics metrics() {
        return UNCOUNTED;
    }

    @Override
    public long currentSystemTimeMs() {
        return clock.getAsLong();
    }

    @Override
    public long currentStreamTimeMs() {
        throw new UnsupportedOperationException("nobody asks for the time of the stream");
    }

    @Override
    public String applicationId() {
        return "simulation";
    }

    @Override
    public Serde<?> keySerde() {
        throw new UnsupportedOperationException("records are bytes");
    }

    @Override
    public Serde<?> valueSerde() {
        throw new UnsupportedOperationException("records are bytes");
    }

    @Override
    public Map<String, Object> appConfigs() {
        return Map.of();
    }

    @Override
    public Map<String, Object> appConfigsWithPrefix(String prefix) {
        return Map.of();
    }

    /** Sensors that nobody reads. */
    private static final class Uncounted implements StreamsMetrics {
        private final Sensor sensor = new Metrics().sensor("uncounted");

        @Override
        public Map<MetricName, ? extends Metric> metrics() {
            return Map.of();
        }

        @Override
        public Sensor addLatencyRateTotalSensor(
                String scope, String entity, String operation, Sensor.RecordingLevel level, String... tags) {
            return sensor;
        }

        @Override
        public Sensor addRateTotalSensor(
                String scope, String entity, String operation, Sensor.RecordingLevel level, String... tags) {
            return sensor;
        }

        @Override
        public Sensor addSensor(String name, Sensor.RecordingLevel level) {
            return sensor;
        }

        @Override
        public Sensor addSensor(String name, Sensor.RecordingLevel level, Sensor... parents) {
            return sensor;
        }

        @Override
        public void removeSensor(Sensor removed) {
            // It is one for all.
        }
    }
}
