// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology.voters;

import io.votelog.streams.topology.rows.VoterKey;
import io.votelog.streams.topology.rows.VoterRow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.internals.RecordBatchingStateRestoreCallback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The voters and ballots of one partition of votes. Its rows are a function of the log, so it has no changelog: Kafka Streams is told that
 * votes is its changelog, and what it restores from there, for a standby too, is judged again. The rows are in a file beside the
 * task's directory, which is written at each commit and survives a crash; the next start takes back what was not committed, and reads what
 * is missing from votes.
 *
 * <p>One thread writes, any thread may read.
 */
public final class VotersStore implements WrittenAtCommit, VotersView {
    private static final Logger LOG = LoggerFactory.getLogger(VotersStore.class);
    private static final byte VOTER = 1;
    private static final byte BALLOT = 2;

    private final String name;
    private final VotesTopic log;
    private final OpenStores openStores;
    private final Function<VotersStore, Replay> replays;
    private final RowIndex index = new RowIndex();
    private final Map<String, Long> ballotRows = new HashMap<>();

    private int partition;
    private Path path;
    private @Nullable Uuid topic;
    private long logEnd;
    private boolean initialized;
    private @Nullable Replay replay;
    private volatile @Nullable RowFile file;
    /** The rows in the file when it was opened, and how many of these were not the newest of their keys. */
    private long loaded;

    private long superseded;
    private long nextOffset;
    private long openedAt;
    private int ballotsVersion;

    /** Judges records of votes for what they leave in the store, and for nothing else. */
    @FunctionalInterface
    public interface Replay {
        /** Judges a record, and notes that it is decided. Its key is empty where it had none; its value may be null. */
        void replay(ConsumerRecord<byte[], byte[]> vote);
    }

    /**
     * A store that is not open.
     *
     * @param log asked where it ends when the store is opened, and which topic it is
     * @param openStores is told when the store is opened and closed
     * @param replays makes of this store what judges the records that it is restored from
     */
    @SuppressWarnings("NullAway.Init") // Streams calls init before anything else.
    public VotersStore(String name, VotesTopic log, OpenStores openStores, Function<VotersStore, Replay> replays) {
        this.name = name;
        this.log = log;
        this.openStores = openStores;
        this.replays = replays;
    }

    @Override
    public synchronized void init(StateStoreContext context, StateStore root) {
        partition = context.taskId().partition();
        path = context.stateDir()
                .getAbsoluteFile()
                .toPath()
                .resolveSibling("%s-%s.rows".formatted(name, context.taskId()));
        topic = log.id();
        logEnd = log.endOffset(partition);
        initialized = true;
        openStores.opened(partition, this);
        context.register(root, (RecordBatchingStateRestoreCallback) this::restore);
    }

    /**
     * Opens the file. That is done when the store is first asked for something, by the thread that restores it, and not in {@link
     * #init}: the thread that calls that one may have a transaction open for other partitions, which would time out while a large file
     * is read.
     */
    private RowFile open() {
        try {
            Files.createDirectories(path.getParent());
            Files.deleteIfExists(Compaction.copyOf(path));
            removeAbandoned();
            RowFile opened = load();
            if (Compaction.isDue(opened.length(), loaded, superseded)) {
                Compaction.run(opened, path, this::isNewest);
                opened = load();
            }
            nextOffset = opened.nextOffset();
            openedAt = nextOffset;
            ballotsVersion++;
            file = opened;
            return opened;
        } catch (IOException e) {
            throw failed("opened", e);
        }
    }

    /**
     * Removes files of tasks that have left this instance. Kafka Streams has removed their directories then, some time after they left, and a
     * task has its directory before its store is opened.
     */
    private void removeAbandoned() {
        Pattern ofTask = Pattern.compile(Pattern.quote(name) + "-(\\d+_\\d+)\\.rows(\\.new)?");
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path.getParent(), name + "-*")) {
            for (Path other : files) {
                Matcher task = ofTask.matcher(other.getFileName().toString());
                if (task.matches() && !other.equals(path) && Files.notExists(path.resolveSibling(task.group(1)))) {
                    LOG.info("{} is removed: its task is not here any more", other);
                    Files.deleteIfExists(other);
                }
            }
        } catch (DirectoryIteratorException | IOException e) {
            LOG.warn("files of tasks that are not here any more are left: {}", e.toString());
        }
    }

    private RowFile load() throws IOException {
        index.clear();
        ballotRows.clear();
        loaded = 0;
        superseded = 0;
        RowFile whole = RowFile.open(path, topic, partition, logEnd, this::loadRow);
        try {
            // The commit that began with the last block may have failed; those before it have not, since another one
            // followed.
            whole.takeBackLastBlock(this::takeBackRow);
        } catch (IOException | RuntimeException e) {
            whole.close();
            throw e;
        }
        return whole;
    }

    private void loadRow(
            byte kind, byte[] bytes, int keyFrom, int keyLength, int valueLength, long address, long before) {
        loaded++;
        superseded += before == RowFormat.NO_ROW ? 0 : 1;
        move(kind, bytes, keyFrom, keyLength, before, address);
    }

    private void takeBackRow(
            byte kind, byte[] bytes, int keyFrom, int keyLength, int valueLength, long address, long before) {
        loaded--;
        superseded -= before == RowFormat.NO_ROW ? 0 : 1;
        move(kind, bytes, keyFrom, keyLength, address, before);
    }

    private boolean isNewest(byte kind, byte[] bytes, int keyFrom, int keyLength, long address) {
        if (kind == BALLOT) {
            String ballotId = new String(bytes, keyFrom, keyLength, StandardCharsets.UTF_8);
            return ballotRows.getOrDefault(ballotId, RowFormat.NO_ROW) == address;
        }
        return index.has(index.hash(bytes, keyFrom, keyLength), address);
    }

    /** Notes that a key's newest row is another one than before. */
    private void move(byte kind, byte[] bytes, int keyFrom, int keyLength, long from, long to) {
        if (kind == BALLOT) {
            String ballotId = new String(bytes, keyFrom, keyLength, StandardCharsets.UTF_8);
            if (to == RowFormat.NO_ROW) {
                ballotRows.remove(ballotId);
            } else {
                ballotRows.put(ballotId, to);
            }
            return;
        }
        moveVoter(index.hash(bytes, keyFrom, keyLength), from, to);
    }

    private void moveVoter(long hash, long from, long to) {
        if (from == RowFormat.NO_ROW) {
            index.add(hash, to);
        } else if (to == RowFormat.NO_ROW) {
            index.remove(hash, from);
        } else {
            index.replace(hash, from, to);
        }
    }

    /** Judges records of votes that Kafka Streams restores the store from; those that it has are passed over. */
    private synchronized void restore(Collection<ConsumerRecord<byte[], byte[]>> votes) {
        file();
        if (replay == null) {
            replay = replays.apply(this);
        }
        for (ConsumerRecord<byte[], byte[]> vote : votes) {
            if (vote.offset() >= nextOffset) {
                replay.replay(vote);
            }
        }
        flushCache();
    }

    /**
     * Prepares for the record with which the count goes on. Rows that are made from votes behind both this record and what is counted
     * were put by a commit that failed, and are taken back.
     *
     * @param offset of that record
     * @param counted the next offset that the tally is to count. It is above the record's when the group has lost its offsets and reads
     *     the log again
     * @return whether the store has what it must have. If not, votes that were counted are missing from it, and it is to be restored
     *     again
     */
    public synchronized boolean goOnAt(long offset, long counted) {
        takeBackTo(Math.max(offset, counted));
        return nextOffset >= Math.min(offset, counted);
    }

    /**
     * Takes back the rows that are made from votes at this offset or behind it.
     *
     * @return the offset from which on the store has none of the votes, this one or an earlier one
     */
    synchronized long goBackTo(long offset) {
        takeBackTo(offset);
        return nextOffset;
    }

    private void takeBackTo(long committed) {
        RowFile rows = file();
        if (nextOffset <= committed) {
            return;
        }
        LOG.info("{}: takes back the votes from {} to {}, which were not committed", path, committed, nextOffset);
        try {
            if (!rows.cutTo(committed, this::takeBackRow)) {
                LOG.warn("{}: has no state of offset {} of votes any more, and is made anew", path, committed);
                rows.close();
                file = null;
                Files.delete(path);
                open();
            }
        } catch (IOException e) {
            throw failed("cut", e);
        }
        nextOffset = file().nextOffset();
        ballotsVersion++;
    }

    /** Says up to which offset the tally has counted, before the count of this partition goes on. */
    public void countedTo(long offset) {
        openStores.countedTo(partition, offset);
    }

    /** The next offset of votes by the file as it was opened: rows from there on were made since. */
    public synchronized long openedAt() {
        file();
        return openedAt;
    }

    @Override
    public synchronized VoterRow voter(byte[] pseudonym, String ballotId) {
        byte[] key = VoterKey.of(pseudonym, ballotId);
        RowFile rows = file();
        byte @Nullable [] row = index.find(index.hash(key, 0, key.length), at -> rows.value(at, key));
        return VoterRow.decode(row);
    }

    /**
     * Puts the row of a voter on a ballot.
     *
     * @param row the bytes of a {@link VoterRow}
     */
    public synchronized void putVoter(byte[] pseudonym, String ballotId, byte[] row) {
        byte[] key = VoterKey.of(pseudonym, ballotId);
        RowFile rows = file();
        long hash = index.hash(key, 0, key.length);
        @Nullable Long found = index.find(hash, at -> rows.hasKey(at, key) ? at : null);
        long before = found == null ? RowFormat.NO_ROW : found;
        moveVoter(hash, before, rows.append(VOTER, key, row, before));
    }

    @Override
    public synchronized byte @Nullable [] ballot(String ballotId) {
        RowFile rows = file();
        Long address = ballotRows.get(ballotId);
        return address == null ? null : rows.value(address, ballotId.getBytes(StandardCharsets.UTF_8));
    }

    /** The rows of all ballots, by their ids. */
    public synchronized Map<String, byte[]> ballots() {
        Map<String, byte[]> rows = new HashMap<>();
        for (String ballotId : ballotRows.keySet()) {
            rows.put(ballotId, ballot(ballotId));
        }
        return rows;
    }

    /**
     * Puts the row of a ballot.
     *
     * @param row the bytes of a {@link io.votelog.streams.topology.rows.BallotRow}
     */
    public synchronized void putBallot(String ballotId, byte[] row) {
        long before = ballotRows.getOrDefault(ballotId, RowFormat.NO_ROW);
        ballotRows.put(ballotId, file().append(BALLOT, ballotId.getBytes(StandardCharsets.UTF_8), row, before));
        ballotsVersion++;
    }

    /** A number that changes whenever the ballots may have changed. */
    public synchronized int ballotsVersion() {
        return ballotsVersion;
    }

    /** Notes that the record at this offset is decided. It may be one that was decided before, when the log is read again. */
    public synchronized void decided(long offset) {
        file();
        nextOffset = Math.max(nextOffset, offset + 1);
    }

    @Override
    public synchronized long nextOffset() {
        file();
        return nextOffset;
    }

    /** The partition of votes. */
    public int partition() {
        return partition;
    }

    /** The voters that have a row; 0 when the store is not open. */
    long size() {
        return isOpen() ? sizeNow() : 0;
    }

    private synchronized long sizeNow() {
        return index.size();
    }

    /** The bytes of the file; 0 when the store is not open. */
    long length() {
        return isOpen() ? lengthNow() : 0;
    }

    private synchronized long lengthNow() {
        RowFile rows = file;
        return rows == null ? 0 : rows.length();
    }

    /** Writes what was put since the last commit; Kafka Streams calls it when the next one begins. */
    @Override
    public synchronized void flushCache() {
        if (initialized && file == null) {
            // The store was not opened yet, so there is nothing to write.
            return;
        }
        try {
            file().endBlock(nextOffset);
        } catch (IOException e) {
            throw failed("written", e);
        }
    }

    private RowFile file() {
        if (!initialized) {
            throw new InvalidStateStoreException("the voters of partition %d are closed".formatted(partition));
        }
        RowFile rows = file;
        return rows == null ? open() : rows;
    }

    private ProcessorStateException failed(String action, IOException cause) {
        return new ProcessorStateException("%s cannot be %s: %s".formatted(path, action, cause), cause);
    }

    @Override
    public synchronized void close() {
        openStores.closed(partition, this);
        initialized = false;
        replay = null;
        RowFile rows = file;
        if (rows != null) {
            try {
                rows.close();
            } catch (IOException e) {
                throw failed("closed", e);
            } finally {
                file = null;
            }
        }
    }

    @Override
    public String name() {
        return name;
    }

    /** Whether its file is open. It does not wait while the file is being opened, so readers are told that the store is not here yet. */
    @Override
    public boolean isOpen() {
        return file != null;
    }

    @Override
    public boolean persistent() {
        return true;
    }
}
