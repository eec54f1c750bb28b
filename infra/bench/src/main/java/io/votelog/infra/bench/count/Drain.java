// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.count;

import io.votelog.infra.bench.system.CpuMeter;
import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.bench.workspace.BenchException;
import io.votelog.infra.broker.ChildJvm;
import io.votelog.schemas.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Watches a group read the votes to their end, by the offsets that it has committed. It measures between a quarter and nineteen
 * twentieths of the log: before, code is compiled, and after, partitions run out one after the other.
 */
final class Drain {
    private static final double FROM = 0.25;
    private static final double TO = 0.95;
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    private static final Duration STANDSTILL = Duration.ofSeconds(120);

    private final Admin admin;
    private final long records;
    private final Map<String, Long> pids;

    /**
     * @param records of votes, in all partitions
     * @param pids of the processes whose CPU is measured, by what they are called
     */
    Drain(Admin admin, long records, Map<String, Long> pids) {
        this.admin = admin;
        this.records = records;
        this.pids = pids;
    }

    /**
     * What was measured.
     *
     * @param perSecond records a second
     * @param cpuMicros of CPU for each record, by process
     */
    record Measured(double perSecond, Map<String, Double> cpuMicros) {}

    /** Returns when the group has read all of it. */
    Measured await(String group, ChildJvm reader) {
        CpuMeter cpu = new CpuMeter(pids);
        long fromNs = 0;
        long from = -1;
        long toNs = 0;
        long to = -1;
        long read = 0;
        long movedNs = System.nanoTime();
        while (read < records) {
            TestSystem.pause(LOOK_EVERY);
            long now = committed(group);
            if (now > read) {
                read = now;
                movedNs = System.nanoTime();
            } else if (!reader.isAlive() || System.nanoTime() - movedNs > STANDSTILL.toNanos()) {
                throw new BenchException(
                        reader.obituary("%s stands at %,d of %,d records".formatted(reader.name(), read, records)));
            }
            if (from < 0 && read >= FROM * records) {
                cpu.begins();
                fromNs = System.nanoTime();
                from = read;
            } else if (from >= 0 && to < 0 && read >= TO * records) {
                cpu.ends();
                toNs = System.nanoTime();
                to = read;
            }
        }
        if (to < 0) {
            throw new BenchException(
                    "%s has read %,d records between two looks: take more voters".formatted(reader.name(), records));
        }
        return new Measured((to - from) * 1e9 / (toNs - fromNs), cpu.microsEach(to - from));
    }

    private long committed(String group) {
        try {
            return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().entrySet().stream()
                    .filter(entry -> isVotes(entry.getKey()) && entry.getValue() != null)
                    .map(Map.Entry::getValue)
                    .mapToLong(OffsetAndMetadata::offset)
                    .sum();
        } catch (ExecutionException e) {
            return 0; // The group is not there yet.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    private static boolean isVotes(TopicPartition partition) {
        return partition.topic().equals(Topics.VOTES.name());
    }
}
