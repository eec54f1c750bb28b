// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.sealing;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.seal.FinalResults;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealedTreeWriter;
import io.votelog.auditor.seal.Sealer;
import io.votelog.auditor.seal.SealingKey;
import io.votelog.auditor.seal.SealsTopic;
import io.votelog.auditor.seal.VerdictLeaves;
import io.votelog.auditor.seal.VoteLeaves;
import io.votelog.auditor.seal.Witnesses;
import io.votelog.auditor.serve.SealerMeters;
import io.votelog.auditor.source.BrokerSource;
import io.votelog.auditor.source.CountingProgress;
import io.votelog.auditor.source.Outage;
import io.votelog.auditor.source.PartitionTail;
import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.Policy;
import io.votelog.schemas.Topics;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/**
 * A sealer at work, until it is stopped. Of several sealers with {@code standby} one seals; each other follows: it makes the same trees in a
 * folder of its own from what stands in the log, with the checkpoints that were signed, and takes over when it is chosen.
 */
public final class SealingRun {
    private static final Duration AFTER_AN_OUTAGE = Duration.ofSeconds(2);

    /** A follower looks so often at least whether it is to seal. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Terms terms;
    private final Listener listener;
    private final SealerMeters meters;
    private final PrintStream err;
    private final AtomicLong steps = new AtomicLong();
    private boolean begun;
    private long shown = -1;

    /**
     * How a sealer works.
     *
     * @param properties further settings of the Kafka clients
     * @param folder of the sealed log
     * @param group the consumer group that counts
     * @param witnessed the witnesses that are asked to cosign; null where none are
     * @param every how often it looks for what is new
     * @param once whether it ends when all that was there is sealed, decided and signed
     * @param standby whether it seals only while it is the one that is chosen; not with {@code once}
     */
    public record Terms(
            String bootstrapServers,
            Map<String, String> properties,
            Path folder,
            SealingKey signer,
            String group,
            @Nullable Policy witnessed,
            Duration every,
            boolean once,
            boolean standby) {}

    /** Hears how the sealing goes. */
    public interface Listener {
        /** It begins to seal, or to follow another sealer; it does so again after an outage, and when it takes over. */
        void begun(String source, int seals, boolean follows);

        /** The trees have grown. */
        void sealed(Checkpoint votes, Checkpoint verdicts);
    }

    /** @param err where outages are told */
    public SealingRun(Terms terms, Listener listener, SealerMeters meters, PrintStream err) {
        this.terms = terms;
        this.listener = listener;
        this.meters = meters;
        this.err = err;
    }

    /**
     * Seals until it is stopped, or nothing is left to do.
     *
     * @param stopped counted down by whoever stops it
     * @throws AuditException when it cannot go on; outages of brokers are no reason once it has begun
     */
    public void run(CountDownLatch stopped) throws InterruptedException {
        Map<String, Object> settings = new HashMap<>(terms.properties());
        settings.put("bootstrap.servers", terms.bootstrapServers());
        BrokerSource source = new BrokerSource(terms.bootstrapServers(), terms.properties());
        LongSupplier work = () -> steps.get() + source.polls();
        @Nullable Election election = terms.standby() ? new Election(settings, work, err) : null;
        try (source;
                CountingProgress progress = new CountingProgress(Admin.create(settings), terms.group())) {
            boolean goesOn = true;
            while (goesOn) {
                try {
                    goesOn = part(stopped, settings, source, progress, election);
                } catch (AuditException e) {
                    boolean takenOver = election != null && SealsTopic.isTakenOver(e);
                    if (terms.once() || !begun || !(takenOver || Outage.is(e))) {
                        throw e;
                    }
                    meters.failed();
                    steps.incrementAndGet();
                    err.printf("%s; tried again in %d s%n", e.getMessage(), AFTER_AN_OUTAGE.toSeconds());
                    if (takenOver && election != null) {
                        // Somebody else believes to be chosen. Who seals is asked anew, so that two do not shut each
                        // other out for ever.
                        election.close();
                        election = new Election(settings, work, err);
                    }
                    goesOn = !stopped.await(AFTER_AN_OUTAGE.toMillis(), TimeUnit.MILLISECONDS);
                }
            }
        } finally {
            if (election != null) {
                election.close();
            }
        }
    }

    /**
     * Seals, or follows, until it is stopped, nothing is left to do, partitions are added to votes, or another sealer is to seal; returns
     * whether it goes on after that.
     */
    private boolean part(
            CountDownLatch stopped,
            Map<String, Object> settings,
            BrokerSource source,
            CountingProgress progress,
            @Nullable Election election)
            throws InterruptedException {
        Map<String, Integer> partitions = progress.partitions(List.of(
                Topics.VOTES.name(),
                Topics.DECISIONS.name(),
                Topics.RESULTS.name(),
                Topics.DEAD_LETTERS.name(),
                Topics.SEALS.name()));
        int ofVotes = partitions.getOrDefault(Topics.VOTES.name(), 0);
        int ofResults = partitions.getOrDefault(Topics.RESULTS.name(), 0);
        boolean follows = election != null && !election.isChosen();
        try (SealsTopic topic =
                        follows ? following(source, progress, ofVotes) : new SealsTopic(source, settings, ofVotes);
                FinalResults results = new FinalResults(tails(source, Topics.RESULTS.name(), ofResults));
                SealedTreeWriter votes = new SealedTreeWriter(
                        SealedLog.VOTES,
                        terms.folder(),
                        terms.signer(),
                        new VoteLeaves(tails(source, Topics.VOTES.name(), ofVotes)),
                        topic,
                        terms.witnessed() == null);
                SealedTreeWriter verdicts = new SealedTreeWriter(
                        SealedLog.VERDICTS,
                        terms.folder(),
                        terms.signer(),
                        new VerdictLeaves(source, progress),
                        topic,
                        terms.witnessed() == null)) {
            begun = true;
            listener.begun(source.name(), topic.seals().size(), follows);
            Sealer sealer = new Sealer(topic, progress, votes, verdicts, results);
            try (@Nullable
                    Witnesses witnesses = terms.witnessed() == null
                            ? null
                            : new Witnesses(terms.witnessed(), terms.folder(), err, Witnesses.Patience.USUAL)) {
                return steps(new Work(sealer, votes, verdicts, witnesses, election, follows), stopped);
            }
        }
    }

    private static SealsTopic following(BrokerSource source, CountingProgress progress, int partitions) {
        SealsTopic topic = new SealsTopic(source, partitions);
        try {
            topic.follow(progress.ends(Topics.SEALS.name(), 1)[0]);
        } catch (AuditException e) {
            topic.close();
            throw e;
        }
        return topic;
    }

    /** What a part of the run works with. */
    private record Work(
            Sealer sealer,
            SealedTreeWriter votes,
            SealedTreeWriter verdicts,
            @Nullable Witnesses witnesses,
            @Nullable Election election,
            boolean follows) {
        boolean isToSwitch() {
            return election != null && election.isChosen() == follows;
        }
    }

    private boolean steps(Work work, CountDownLatch stopped) throws InterruptedException {
        boolean done = false;
        while (!(terms.once() && done)) {
            steps.incrementAndGet();
            if (work.follows()) {
                if (!follow(work.sealer())) {
                    return true;
                }
            } else {
                done = work.sealer().step();
            }
            Checkpoint votes = work.votes().checkpoint();
            Checkpoint verdicts = work.verdicts().checkpoint();
            meters.stepped(
                    !work.follows(),
                    votes.size(),
                    verdicts.size(),
                    work.sealer().unsealed());
            if (votes.size() + verdicts.size() != shown) {
                shown = votes.size() + verdicts.size();
                listener.sealed(votes, verdicts);
            }
            show(work);
            if (rest(pauseMs(work.follows()), stopped)) {
                return false;
            }
            if (work.isToSwitch() || work.sealer().isOutgrown()) {
                return true;
            }
        }
        if (work.witnesses() != null) {
            work.witnesses().finish();
        }
        return false;
    }

    /** Waits in short steps, since whoever rests does not hang. Returns whether it was stopped meanwhile. */
    private boolean rest(long pauseMs, CountDownLatch stopped) throws InterruptedException {
        long left = pauseMs;
        while (left > 0) {
            long slice = Math.min(left, LOOK.toMillis());
            if (stopped.await(slice, TimeUnit.MILLISECONDS)) {
                return true;
            }
            left -= slice;
            steps.incrementAndGet();
        }
        return false;
    }

    /** Returns false where partitions were added to votes, which the topic of seals may name by now. */
    private static boolean follow(Sealer sealer) {
        try {
            sealer.follow();
            return true;
        } catch (AuditException e) {
            if (sealer.isOutgrown()) {
                return false;
            }
            throw e;
        }
    }

    private static void show(Work work) {
        if (work.witnesses() != null
                && work.votes().signed().isPresent()
                && work.verdicts().signed().isPresent()) {
            work.witnesses()
                    .publish(
                            work.votes().signed().get(),
                            work.verdicts().signed().get());
        }
    }

    private long pauseMs(boolean follows) {
        if (terms.once()) {
            return 100;
        }
        long every = terms.every().toMillis();
        return follows ? Math.min(every, LOOK.toMillis()) : every;
    }

    private static List<PartitionTail> tails(BrokerSource source, String topic, int partitions) {
        List<PartitionTail> tails = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            tails.add(source.tail(topic, partition));
        }
        return tails;
    }
}
