// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.votelog.events.BallotResults;
import io.votelog.events.BallotStatus;
import io.votelog.schemas.Topics;
import io.votelog.schemas.cluster.LogCluster;
import io.votelog.schemas.cluster.UnfitLogException;
import io.votelog.streams.read.board.BallotsBoard;
import io.votelog.streams.read.board.ResultsBoard;
import io.votelog.streams.read.instances.InstanceKeys;
import io.votelog.streams.read.instances.OwnAddress;
import io.votelog.web.cluster.WatchThreads;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.ThreadMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.SmartLifecycle;

/**
 * Checks every two seconds what Kafka Streams does not report: whether any instance counts, whether votes wait and the count does not go
 * on, whether the topic of votes got more partitions, and whether another instance has this one's address. The read side, health and metrics are told the outcome. When
 * votes got more partitions, the count is started anew for all of them, on the same stores.
 */
final class CountWatch implements HealthIndicator, MeterBinder, SmartLifecycle {
    /** The time between two checks. */
    private static final Duration EVERY = Duration.ofSeconds(2);

    /** Brokers that have not answered for so long count as away. */
    private static final Duration SILENCE = Duration.ofSeconds(20);

    private static final Logger LOG = LoggerFactory.getLogger(CountWatch.class);

    private final HostedStreams counting;
    private final HostedStreams results;
    private final LogCluster cluster;
    private final StreamsSettings settings;
    private final List<String> partitionedAsVotes;
    private final AddressClaims claims;
    private final InstanceKeys instances;
    private final StreamsFailureHandler faults;
    private final UncountedVotes uncounted;
    private final ResultsBoard board;
    private final BallotsBoard ballots;
    private final OwnAddress self;
    private final Runnable onFirstRun;
    private final Runnable unfit;
    private final ScheduledExecutorService scheduler = WatchThreads.named("votelog-count-watch");

    /**
     * A thread of its own, since the thread that checks waits for brokers that do not answer, and that very state must be
     * reported.
     */
    private final ScheduledExecutorService notifier = WatchThreads.named("votelog-count-teller");

    private volatile boolean running;
    private volatile boolean hasRun;
    private volatile int partitions;
    private volatile boolean othersCount;
    private volatile long answeredAtNanos = System.nanoTime();
    private volatile @Nullable String standstill;
    private volatile @Nullable MultiGauge tasks;
    private int countedPartitions;
    private boolean checked;
    private @Nullable String lastFailure;

    /**
     * A watch that is not started.
     *
     * @param partitionedAsVotes topics that must have as many partitions as votes
     * @param onFirstRun checks the changelogs once both Kafka Streams have made them
     * @param unfit ends the application when that check fails, from another thread than the caller's
     */
    CountWatch(
            HostedStreams counting,
            HostedStreams results,
            LogCluster cluster,
            LogCluster.Layout prepared,
            StreamsSettings settings,
            List<String> partitionedAsVotes,
            AddressClaims claims,
            InstanceKeys instances,
            StreamsFailureHandler faults,
            UncountedVotes uncounted,
            ResultsBoard board,
            BallotsBoard ballots,
            OwnAddress self,
            Runnable onFirstRun,
            Runnable unfit) {
        this.counting = counting;
        this.results = results;
        this.cluster = cluster;
        this.settings = settings;
        this.partitionedAsVotes = partitionedAsVotes;
        this.claims = claims;
        this.instances = instances;
        this.faults = faults;
        this.uncounted = uncounted;
        this.board = board;
        this.ballots = ballots;
        this.self = self;
        this.onFirstRun = onFirstRun;
        this.unfit = unfit;
        this.partitions = prepared.votePartitions();
        this.countedPartitions = prepared.votePartitions();
        results.onStart(ballots::loaded);
        results.onChange((newState, oldState) -> updateBoards());
        counting.onChange((newState, oldState) -> {
            hasRun |= newState == KafkaStreams.State.RUNNING;
            updateBoards();
        });
    }

    /** Checks once more, as soon as possible. */
    void checkNow() {
        try {
            scheduler.execute(this::check);
        } catch (RejectedExecutionException stopping) {
            LOG.debug("no look any more", stopping);
        }
    }

    private void check() {
        try {
            int found = cluster.partitions(Topics.VOTES);
            answeredAtNanos = System.nanoTime();
            partitions = found;
            if (found > countedPartitions) {
                growTo(found);
            }
            checkChangelogs();
            Collection<String> members = cluster.members(settings.applicationId());
            othersCount = members.stream().anyMatch(member -> !member.startsWith(claims.clientId()));
            self.contested(claims.contested(members, System.nanoTime()));
            instances.noteMembers(claims.keys(members), System.nanoTime());
            lastFailure = null;
        } catch (UnfitLogException e) {
            String failure = String.valueOf(e.getMessage());
            if (!failure.equals(lastFailure)) {
                LOG.warn("{}", failure);
                lastFailure = failure;
            }
        } catch (RuntimeException e) {
            LOG.error("the watch over the count failed and looks again", e);
        }
        updateBoards();
        countTasks();
    }

    /** Checks the changelogs once, when both Kafka Streams have made them. */
    private void checkChangelogs() {
        if (checked || !hasRun || results.state() != KafkaStreams.State.RUNNING) {
            return;
        }
        try {
            onFirstRun.run();
            checked = true;
        } catch (UnfitLogException e) {
            if (e.getCause() != null) {
                // No broker answered, which says nothing of the changelogs. The next round asks again.
                throw e;
            }
            checked = true;
            LOG.error("the application stops: {}", e.getMessage());
            unfit.run();
        }
    }

    /**
     * Starts the count anew for more partitions: the running one is for fewer, and the changelogs of its stores have as few.
     */
    private void growTo(int found) {
        LOG.error(
                "votes has {} partitions, this count was made for {}. Votes on ballots that are published stay in the"
                        + " partitions that there were; the count stops, its topics get as many partitions as votes, and it"
                        + " goes on",
                found,
                countedPartitions);
        counting.restart(() -> {
            cluster.grow(partitionedAsVotes, found);
            faults.reset();
        });
        countedPartitions = found;
    }

    /** Tells the boards whether results are up to date. */
    private synchronized void updateBoards() {
        String why = !running ? null : whyStill();
        board.live(why == null);
        String before = standstill;
        standstill = why;
        if (why != null && !why.equals(before)) {
            LOG.error("results stand still, and are shown as not live: {}", why);
        } else if (why == null && before != null) {
            LOG.warn("results go on");
        }
    }

    /**
     * Why results stand still, or null when they do not. When another instance is a member of the counting group, it counts,
     * and this one reads its results.
     */
    private @Nullable String whyStill() {
        if (!results.isWorking()) {
            return "this instance reads no results, its Kafka Streams is in state " + results.state();
        }
        if (!counting.isWorking() && !othersCount) {
            return "nobody counts; Kafka Streams of this instance is in state " + counting.state();
        }
        Duration silence = Duration.ofNanos(System.nanoTime() - answeredAtNanos);
        if (silence.compareTo(SILENCE) >= 0) {
            return "the brokers do not answer";
        }
        return uncounted.waiting(System.nanoTime()).orElse(null);
    }

    private void countTasks() {
        MultiGauge gauge = tasks;
        KafkaStreams streams = counting.streams();
        if (gauge == null || streams == null || !streams.state().isRunningOrRebalancing()) {
            return;
        }
        Set<ThreadMetadata> threads;
        try {
            threads = streams.metadataForLocalThreads();
        } catch (IllegalStateException ended) {
            return;
        }
        gauge.register(
                threads.stream()
                        .<MultiGauge.Row<?>>map(thread -> MultiGauge.Row.of(
                                Tags.of("thread", number(thread.threadName())),
                                thread.activeTasks().size()))
                        .toList(),
                true);
    }

    private static String number(String threadName) {
        return threadName.substring(threadName.lastIndexOf('-') + 1);
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        tasks = MultiGauge.builder("votelog.count.tasks")
                .description("Partitions of votes that a thread of this instance counts")
                .register(meters);
        Gauge.builder("votelog.results.live", this, watch -> watch.standstill == null ? 1 : 0)
                .description("1 while results go on, 0 while they stand still")
                .register(meters);
        Gauge.builder("votelog.log.partitions", this, watch -> watch.partitions)
                .description("Partitions of votes")
                .register(meters);
        Gauge.builder("votelog.log.added.partitions", this, CountWatch::addedPartitions)
                .description(
                        "Partitions of votes that some ballot does not know, for they were added behind its publication")
                .register(meters);
        Gauge.builder("votelog.address.contested", self, address -> address.isContested() ? 1 : 0)
                .description("1 while another instance advertises the same address")
                .register(meters);
    }

    /**
     * The number of partitions that were added since some ballot was published that is not final yet: such a ballot has no
     * votes in them.
     */
    private int addedPartitions() {
        Map<String, Integer> counts = ballots.partitionCounts();
        for (BallotResults known : board.all()) {
            if (known.getStatus() == BallotStatus.FINAL) {
                counts.remove(known.getBallotId());
            }
        }
        int found = partitions;
        return counts.values().stream().mapToInt(count -> found - count).max().orElse(0);
    }

    @Override
    public Health health() {
        boolean up = hasRun && results.isWorking() && counting.isWorking();
        Health.Builder health = (up ? Health.up() : Health.outOfService())
                .withDetail("state", counting.state().name())
                .withDetail("results", results.state().name())
                .withDetail("live", standstill == null)
                .withDetail("votePartitions", partitions);
        String why = standstill;
        if (why != null) {
            health.withDetail("standstill", why);
        }
        int added = addedPartitions();
        if (added > 0) {
            health.withDetail(
                    "addedPartitions",
                    "votes has %d partitions, and a ballot is published for %d: its votes stay in those"
                            .formatted(partitions, partitions - added));
        }
        if (self.isContested()) {
            health.withDetail("address", self.contestedText());
        }
        return health.build();
    }

    @Override
    public void start() {
        running = true;
        scheduler.scheduleWithFixedDelay(this::check, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
        notifier.scheduleWithFixedDelay(this::updateBoards, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void stop() {
        running = false;
        scheduler.shutdown();
        notifier.shutdown();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Starts after everything else, and stops before it. */
    @Override
    public int getPhase() {
        return HostedStreams.PHASE + 1;
    }
}
