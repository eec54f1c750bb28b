// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.simulation;

import io.votelog.events.BallotPublished;
import io.votelog.events.BallotResults;
import io.votelog.events.CountedPosition;
import io.votelog.infra.simulation.Brokers.Application;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.streams.read.receipts.ReceiptAsked;
import io.votelog.streams.topology.CountTask;
import io.votelog.streams.topology.voters.VotersView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;

/**
 * One history of the count: votes come, instances count, merge and show, and are killed, moved, fenced and robbed of their files. All of
 * it comes from one seed, and the first steps of a history are the same however many follow. In the end all instances come back, the
 * count comes to rest, and every law is checked.
 */
final class History {
    private static final Uuid TOPIC = new Uuid(1, 1);
    private static final int MOST_ROUNDS = 60;

    private final Random random;
    private final int steps;
    private final Path folder;
    private final VotesLog votes;
    private final Brokers brokers;
    private final Laws laws;
    private final Electorate electorate;
    private final VotersFiles files;
    private final List<Instance> instances = new ArrayList<>();
    private final List<List<String>> standing = new ArrayList<>();
    private final List<Reader> readers = List.of(new Reader(), new Reader());
    private final boolean telling;
    private final List<String> told = new ArrayList<>();
    private final Map<String, Integer> met = new TreeMap<>();
    private final Instance.Restores restores = new DrawnRestores();
    private long nowMs;
    private boolean quiet;
    private String doing = "";

    /**
     * A history that has not begun.
     *
     * @param most how many steps it has at most; the seed says how many it has without that bound
     * @param folder an empty one
     * @param faultyBrokers whether the brokers show what was never committed, which must be found out
     * @param telling whether it tells what was done, for whoever has to find a fault
     */
    History(long seed, int most, Path folder, boolean faultyBrokers, boolean telling) {
        this.telling = telling;
        this.random = new Random(seed * 0x9E3779B97F4A7C15L);
        this.folder = folder;
        int partitions = 1 + random.nextInt(Electorate.MOST_PARTITIONS);
        this.steps = Math.min(most, 8 + random.nextInt(40));
        this.nowMs = Electorate.START_MS + random.nextInt(20 * 60_000);
        this.votes = new VotesLog(TOPIC, partitions);
        this.laws = new Laws(votes);
        this.brokers = new Brokers(partitions, laws::committed, faultyBrokers);
        this.electorate = new Electorate(random, partitions);
        this.files = new VotersFiles(random, partitions, folder.resolve("another"));
        int count = 1 + random.nextInt(3);
        for (int number = 0; number < count; number++) {
            instances.add(new Instance(number, folder.resolve("instance" + number), votes, brokers, () -> nowMs));
        }
        for (int partition = 0; partition < partitions; partition++) {
            standing.add(new ArrayList<>());
        }
    }

    /** How far restores go, and how many records they take at once. */
    private final class DrawnRestores implements Instance.Restores {
        @Override
        public long limit(long committed) {
            if (!quiet && random.nextInt(25) == 0) {
                met("a restore that ends too soon");
                return random.nextInt(Math.toIntExact(committed) + 1);
            }
            return committed;
        }

        @Override
        public int batch() {
            return quiet ? Integer.MAX_VALUE : 1 + random.nextInt(20);
        }
    }

    /** How many steps it has. */
    int steps() {
        return steps;
    }

    /** What was done, a line for each step, if it tells. */
    List<String> told() {
        return told;
    }

    /** The faults that came about, and how often. */
    Map<String, Integer> met() {
        return met;
    }

    private void met(String what) {
        met.merge(what, 1, Integer::sum);
        does(what);
    }

    private void does(String what, Object... arguments) {
        if (telling) {
            String said = what.formatted(arguments);
            doing = doing.isEmpty() ? said : doing + "; " + said;
        }
    }

    /**
     * Runs the history and checks it.
     *
     * @throws LawBroken when a law does not hold
     */
    void run() {
        try {
            begin();
            for (int step = 0; step < steps; step++) {
                doing = "";
                try {
                    step();
                    readersLook();
                } finally {
                    told.add(doing);
                }
            }
            doing = "";
            try {
                comeToRest();
                laws.check(brokers, electorate.ballots());
            } finally {
                told.add("at the end: " + doing);
            }
        } finally {
            instances.stream().filter(Instance::isUp).forEach(Instance::kill);
        }
    }

    private void begin() {
        for (BallotDefinition ballot : electorate.ballots()) {
            for (int partition = 0; partition < votes.partitions(); partition++) {
                if (random.nextInt(10) != 0) {
                    append(partition, electorate.published(ballot, partition));
                }
            }
        }
        does("%d partitions, %d instances", votes.partitions(), instances.size());
        instances.forEach(Instance::start);
        share();
        told.add(doing);
    }

    private void step() {
        nowMs += random.nextInt(50);
        int dice = random.nextInt(100);
        if (dice < 28) {
            appendSome();
        } else if (dice < 54) {
            one().ifWorking(this::count);
        } else if (dice < 64) {
            one().ifWorking(this::merge);
        } else if (dice < 70) {
            one().ifWorking(this::read);
        } else if (dice < 75) {
            one().ifWorking(instance -> {
                does("instance %d follows", instance.number());
                instance.follow(restores);
            });
        } else if (dice < 78) {
            nowMs += 60_000L * (1 + random.nextInt(80));
            does("time goes by");
        } else if (dice < 83) {
            one().ifUp(this::kill);
        } else if (dice < 89) {
            comeBack();
        } else if (dice < 91) {
            one().ifWorking(instance -> {
                met("an instance that stands still");
                does("instance %d", instance.number());
                instance.goAway();
                if (random.nextBoolean()) {
                    share();
                }
            });
        } else if (dice < 95) {
            share();
        } else {
            rareFault(dice);
        }
    }

    private void rareFault(int dice) {
        switch (dice) {
            case 95 -> {
                met("offsets of the count that are lost");
                laws.offsetsAreLost();
                brokers.loseOffsets(Application.COUNT);
            }
            case 96 -> {
                met("offsets of the merge that are lost");
                brokers.loseOffsets(Application.MERGE);
                instances.stream().filter(Instance::isMember).forEach(Instance::mergeAnew);
                instances.stream().filter(Instance::isMember).forEach(this::merge);
            }
            case 97 -> {
                met("tallies that are compacted");
                brokers.compactTallies(random.nextInt(4));
            }
            case 98 -> {
                met("a merge that begins anew");
                laws.mergeIsLost();
                brokers.loseOffsets(Application.MERGE);
                brokers.loseChangelogs(Application.MERGE);
                // The rows are lost in memory too: nobody merges on.
                instances.stream().filter(Instance::isUp).forEach(Instance::loseMerges);
                share();
                instances.stream().filter(Instance::isMember).forEach(this::merge);
            }
            default -> {
                if (random.nextBoolean()) {
                    met("a gap in the log");
                    votes.skip(random.nextInt(votes.partitions()));
                } else {
                    Instance of = instances.get(random.nextInt(instances.size()));
                    does("files of instance %d are copied, directories of tasks that left are removed", of.number());
                    files.copy(of.folder());
                    removeDirectories(of);
                }
            }
        }
    }

    private void appendSome() {
        int partition = random.nextInt(votes.partitions());
        int records = 1 + random.nextInt(6);
        for (int i = 0; i < records; i++) {
            append(partition, electorate.next(partition, standing.get(partition)));
        }
        does("%d records to partition %d, up to %d", records, partition, votes.written(partition));
    }

    private void append(int partition, Electorate.Drawn record) {
        nowMs += random.nextInt(10);
        // The clock of another leader, which is behind.
        long behindMs = random.nextInt(10) == 0 ? random.nextInt(20_000) : 0;
        votes.append(partition, record.key(), record.value(), nowMs - behindMs);
        noteOpened(partition, record.value());
    }

    private void noteOpened(int partition, byte[] value) {
        try {
            if (value != null && Events.decode(value).event() instanceof BallotPublished opened) {
                standing.get(partition).add(opened.getBallotId());
            }
        } catch (MalformedEventException e) {
            // It opens nothing.
        }
    }

    /** A choice of one instance, for what only some can do. */
    private final class Chosen {
        private final Instance instance;

        Chosen(Instance instance) {
            this.instance = instance;
        }

        void ifWorking(Consumer<Instance> action) {
            if (instance.isUp() && !instance.isAway()) {
                action.accept(instance);
            }
        }

        void ifUp(Consumer<Instance> action) {
            if (instance.isUp()) {
                action.accept(instance);
            }
        }
    }

    private Chosen one() {
        return new Chosen(instances.get(random.nextInt(instances.size())));
    }

    private void count(Instance instance) {
        int most = 1 + random.nextInt(10);
        does("instance %d counts %d", instance.number(), most);
        for (int i = 0; i < most; i++) {
            List<Integer> waiting = instance.waiting();
            if (waiting.isEmpty()) {
                break;
            }
            instance.process(waiting.get(random.nextInt(waiting.size())), restores);
        }
        nowMs += random.nextInt(80);
        boolean requested = instance.fireCountTimers();
        if (instance.hasUncommittedCount() && (requested && random.nextInt(8) != 0 || random.nextInt(3) == 0)) {
            commitCount(instance);
        }
    }

    private void commitCount(Instance instance) {
        if (instance.isFenced()) {
            met("a commit of one that is fenced");
            instance.commitCount(Instance.End.FAILED);
            instance.loseTasks();
            if (random.nextBoolean()) {
                share();
            }
            return;
        }
        int dice = random.nextInt(16);
        if (dice < 11) {
            does("commits");
            instance.commitCount(Instance.End.COMMITTED);
        } else if (dice < 13) {
            met("a commit of the count that fails");
            instance.commitCount(Instance.End.FAILED);
            instance.restoreCountAgain(restores, random.nextBoolean());
        } else if (dice < 15) {
            met("a kill in a commit that fails");
            instance.commitCount(Instance.End.FAILED);
            kill(instance);
        } else {
            met("a kill behind a commit");
            instance.commitCount(Instance.End.COMMITTED);
            kill(instance);
        }
    }

    private void merge(Instance instance) {
        int most = 1 + random.nextInt(6);
        does("instance %d merges %d", instance.number(), most);
        nowMs += random.nextInt(80);
        boolean requested = instance.merge(most);
        if (!instance.hasUncommittedMerge() || !(requested && random.nextInt(8) != 0 || random.nextInt(3) == 0)) {
            return;
        }
        if (instance.isFenced()) {
            met("a merge of one that is fenced");
            instance.commitMerge(Instance.End.FAILED);
            instance.loseTasks();
        } else if (random.nextInt(6) == 0) {
            met("a commit of the merge that fails");
            instance.commitMerge(Instance.End.FAILED);
            instance.mergeAgain();
        } else {
            does("commits");
            instance.commitMerge(Instance.End.COMMITTED);
        }
    }

    private void read(Instance instance) {
        does("instance %d reads results", instance.number());
        instance.readResults(random.nextBoolean() ? Integer.MAX_VALUE : 1 + random.nextInt(3));
    }

    private void kill(Instance instance) {
        met("a kill");
        does("instance %d", instance.number());
        if (random.nextInt(4) == 0) {
            instance.writeForCommit();
        }
        instance.kill();
        String accident = files.accident(instance.folder());
        Stream.of(accident.split("; "))
                .filter(what -> !what.isEmpty())
                .forEach(what -> met(what.replaceAll("voters \\d", "voters").replaceAll("\\d+", "n")));
        if (random.nextBoolean()) {
            instance.start();
        }
        if (random.nextInt(3) != 0) {
            share();
        }
    }

    private void comeBack() {
        for (Instance instance : instances) {
            if (!instance.isUp()) {
                does("instance %d starts", instance.number());
                instance.start();
                share();
                return;
            }
            if (instance.isAway()) {
                does("instance %d goes on", instance.number());
                instance.comeBack();
                return;
            }
        }
        share();
    }

    /** Shares out the tasks among the instances that take part, as a rebalance does. */
    private void share() {
        List<Instance> members = instances.stream().filter(Instance::isMember).toList();
        if (members.isEmpty()) {
            return;
        }
        int partitions = votes.partitions();
        Instance[] counts = new Instance[partitions];
        Instance[] follows = new Instance[partitions];
        Instance[] merges = new Instance[partitions];
        for (int partition = 0; partition < partitions; partition++) {
            counts[partition] = drawn(members, ofThose(members, partition));
            Instance copy = members.get(random.nextInt(members.size()));
            follows[partition] = random.nextBoolean() && copy != counts[partition] ? copy : null;
            int merging = partition;
            merges[partition] = drawn(
                    members,
                    members.stream()
                            .filter(member -> member.merges(merging))
                            .findFirst()
                            .orElse(null));
        }
        for (Instance member : members) {
            takeFrom(member, counts, follows, merges);
        }
        for (int partition = 0; partition < partitions; partition++) {
            if (!counts[partition].counts(partition)) {
                counts[partition].give(partition, restores, random.nextInt(4) != 0);
            }
            if (follows[partition] != null && !follows[partition].follows(partition)) {
                follows[partition].giveStandby(partition);
            }
            if (!merges[partition].merges(partition)) {
                merges[partition].giveMerge(partition);
            }
            does("%d is counted by %d", partition, counts[partition].number());
        }
    }

    private Instance ofThose(List<Instance> members, int partition) {
        return members.stream()
                .filter(member -> member.counts(partition))
                .findFirst()
                .orElse(null);
    }

    private Instance drawn(List<Instance> members, Instance owner) {
        return owner != null && random.nextBoolean() ? owner : members.get(random.nextInt(members.size()));
    }

    private void takeFrom(Instance member, Instance[] counts, Instance[] follows, Instance[] merges) {
        boolean countLost = false;
        boolean mergeLost = false;
        for (int partition = 0; partition < counts.length; partition++) {
            countLost |= member.counts(partition) && counts[partition] != member;
            mergeLost |= member.merges(partition) && merges[partition] != member;
        }
        if (countLost && member.hasUncommittedCount()) {
            boolean fails = !quiet && random.nextInt(6) == 0;
            member.commitCount(fails ? Instance.End.FAILED : Instance.End.COMMITTED);
            if (fails) {
                met("a commit of tasks that move, which fails");
                member.restoreCountAgain(restores, random.nextBoolean());
            }
        }
        if (mergeLost && member.hasUncommittedMerge()) {
            boolean fails = !quiet && random.nextInt(6) == 0;
            member.commitMerge(fails ? Instance.End.FAILED : Instance.End.COMMITTED);
            if (fails) {
                member.mergeAgain();
            }
        }
        for (int partition = 0; partition < counts.length; partition++) {
            if (member.counts(partition) && counts[partition] != member) {
                met("a task that moves");
                member.take(partition, follows[partition] == member);
            }
            if (member.follows(partition) && follows[partition] != member && counts[partition] != member) {
                member.takeStandby(partition);
            }
            if (member.merges(partition) && merges[partition] != member) {
                member.takeMerge(partition);
            }
        }
    }

    /** Removes directories of tasks that have left an instance, as Kafka Streams does some time after. */
    private void removeDirectories(Instance instance) {
        for (int partition = 0; partition < votes.partitions(); partition++) {
            if (!instance.isUp() || !instance.counts(partition) && !instance.follows(partition)) {
                try {
                    Files.deleteIfExists(instance.folder().resolve(CountTask.directory(partition)));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void readersLook() {
        Instance at = instances.get(random.nextInt(instances.size()));
        if (!at.isUp()) {
            return;
        }
        readers.get(random.nextInt(readers.size())).look(at.shown());
        int partition = random.nextInt(votes.partitions());
        askForReceipt(
                at,
                partition,
                electorate.voter(partition),
                electorate.ballot().ballot().id());
    }

    private void askForReceipt(Instance at, int partition, byte[] voter, String ballotId) {
        VotersView voters = at.voters(partition);
        if (voters != null) {
            BallotResults shown = at.shown().get(ballotId);
            long countedTo = shown == null
                    ? 0
                    : shown.getPositions().stream()
                            .filter(position -> position.getPartition() == partition)
                            .mapToLong(CountedPosition::getNextOffset)
                            .findFirst()
                            .orElse(0);
            boolean anyAnnulled = shown != null && shown.getAnnulled() > 0;
            laws.told(
                    partition,
                    voter,
                    ballotId,
                    countedTo,
                    ReceiptAsked.of(voters, voter, ballotId, countedTo, anyAnnulled));
        }
    }

    private void comeToRest() {
        quiet = true;
        for (Instance instance : instances) {
            if (!instance.isUp()) {
                instance.start();
            }
            instance.comeBack();
            if (instance.isFenced()) {
                instance.commitCount(Instance.End.FAILED);
                instance.loseTasks();
            }
        }
        share();
        boolean busy = true;
        for (int round = 0; busy; round++) {
            LawBroken.unless(round < MOST_ROUNDS, "the count does not come to rest");
            nowMs += 500;
            busy = false;
            for (Instance instance : instances) {
                for (List<Integer> waiting = instance.waiting(); !waiting.isEmpty(); waiting = instance.waiting()) {
                    instance.process(waiting.get(0), restores);
                }
                instance.fireCountTimers();
                if (instance.hasUncommittedCount()) {
                    instance.commitCount(Instance.End.COMMITTED);
                }
                instance.merge(Integer.MAX_VALUE);
                if (instance.hasUncommittedMerge()) {
                    instance.commitMerge(Instance.End.COMMITTED);
                }
            }
            for (Instance instance : instances) {
                busy |= instance.isBusy();
            }
        }
        for (Instance instance : instances) {
            instance.follow(restores);
            instance.readResults(Integer.MAX_VALUE);
            readers.forEach(reader -> reader.look(instance.shown()));
            for (int partition = 0; partition < votes.partitions(); partition++) {
                for (byte[] voter : Electorate.voters(partition, votes.partitions())) {
                    for (BallotDefinition ballot : electorate.ballots()) {
                        askForReceipt(
                                instance, partition, voter, ballot.ballot().id());
                    }
                }
            }
        }
    }

    /** Removes what the history has written. */
    static void remove(Path folder) {
        try (Stream<Path> written = Files.walk(folder)) {
            for (Path path : written.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
