// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology.voters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.rules.AcceptedVote;
import io.votelog.rules.Picks;
import io.votelog.streams.topology.rows.VoterRow;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VotersStoreTest {
    private static final String BALLOT = "gz-customs-2021";

    @TempDir
    @SuppressWarnings("NullAway.Init") // injected
    private Path folder;

    private final OpenStores openStores = new OpenStores();

    private VotersStore open() {
        VotersStore store = new VotersStore("voters", partition -> Long.MAX_VALUE, openStores, of -> vote -> {});
        Properties config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        File task = folder.resolve("0_2").toFile();
        store.init(new MockProcessorContext<>(config, new TaskId(0, 2), task).getStateStoreContext(), store);
        return store;
    }

    private static byte[] voter(long number) {
        return ByteBuffer.allocate(16).putLong(number).putLong(~number).array();
    }

    private static VoterRow row(long offset) {
        return VoterRow.NEW.withAccepted(
                new AcceptedVote(new UUID(offset, 1), offset, 1_000 + offset, Picks.ofWords(new long[] {offset})));
    }

    @Test
    void shouldTellFromWhereItIsToBeRestoredWhileItIsOpen() {
        assertThat(openStores.restoresFrom(2)).isEqualTo(OptionalLong.empty());
        VotersStore store = open();
        assertThat(openStores.restoresFrom(2)).isEqualTo(OptionalLong.of(0));
        store.decided(6);
        assertThat(openStores.restoresFrom(2)).isEqualTo(OptionalLong.of(7));
        VotersStore successor = open();
        store.close();
        assertThat(openStores.restoresFrom(2)).as("of the successor").isEqualTo(OptionalLong.of(0));
        successor.close();
        assertThat(openStores.restoresFrom(2)).isEqualTo(OptionalLong.empty());
    }

    @Test
    void shouldAnswerNothingWhenItIsClosed() {
        VotersStore store = open();
        store.close();
        store.close();
        assertThat(store.isOpen()).isFalse();
        assertThatThrownBy(() -> store.voter(voter(1), BALLOT)).isInstanceOf(InvalidStateStoreException.class);
        assertThatThrownBy(() -> store.ballot(BALLOT)).isInstanceOf(InvalidStateStoreException.class);
        assertThatThrownBy(store::nextOffset).isInstanceOf(InvalidStateStoreException.class);
    }

    @Test
    void shouldTakeBackWhatGoesBeyondTheRecordWithWhichTheCountGoesOn() {
        VotersStore store = open();
        put(store, 4);
        put(store, 6);
        assertThat(store.goOnAt(7, 7)).isTrue();
        assertThat(store.goOnAt(0, 7)).as("the group has lost its offsets").isTrue();
        assertThat(store.goOnAt(7, 5)).as("the tally has lost its last rows").isTrue();
        assertThat(store.nextOffset()).isEqualTo(7);

        assertThat(store.goOnAt(6, 6)).as("between two blocks").isFalse();
        assertThat(store.nextOffset()).isEqualTo(5);
        assertThat(store.size()).isEqualTo(1);
        assertThat(store.goOnAt(5, 6)).isTrue();
        assertThat(store.goOnAt(6, 5)).isTrue();
    }

    @Test
    void shouldSayThatVotesAreMissing() {
        VotersStore store = open();
        put(store, 4);
        assertThat(store.goOnAt(9, 9)).isFalse();
        assertThat(store.goOnAt(9, 5)).as("a gap in the log").isTrue();
        assertThat(store.goOnAt(2, 9)).as("the log is read again").isTrue();
    }

    @Test
    void shouldTakeBackTheLastBlockWhenItIsOpened() {
        VotersStore store = open();
        put(store, 4);
        put(store, 6);
        store.close();
        VotersStore again = open();
        assertThat(again.nextOffset()).isEqualTo(5);
        assertThat(again.voter(voter(4), BALLOT)).isEqualTo(row(4));
        assertThat(again.voter(voter(6), BALLOT)).isEqualTo(VoterRow.NEW);
    }

    /** So many commits cannot have been under way at a crash; whatever it was, votes has the voters. */
    @Test
    void shouldBeginAnewWhenTheStateIsTooFarBack() {
        VotersStore store = open();
        for (long number = 0; number < 200; number++) {
            put(store, number);
        }
        assertThat(store.goOnAt(3, 3)).isFalse();
        assertThat(store.nextOffset()).isZero();
        assertThat(store.size()).isZero();
        put(store, 0);
        assertThat(store.voter(voter(0), BALLOT)).isEqualTo(row(0));
    }

    private static void put(VotersStore store, long number) {
        store.putVoter(voter(number), BALLOT, row(number).encode());
        store.decided(number);
        store.flushCache();
    }

    @Test
    void shouldTakeBackBallotsToo() {
        VotersStore store = open();
        store.putBallot("kept", new byte[] {1});
        store.decided(0);
        store.flushCache();
        store.putBallot("kept", new byte[] {2});
        store.putBallot("new", new byte[] {3});
        store.decided(1);
        store.flushCache();
        int version = store.ballotsVersion();

        assertThat(store.goOnAt(1, 1)).isTrue();

        assertThat(store.ballotsVersion()).isNotEqualTo(version);
        assertThat(store.ballot("kept")).containsExactly(1);
        assertThat(store.ballot("new")).isNull();
        assertThat(store.ballots()).containsOnlyKeys("kept");
    }

    /** What receipts ask while votes are counted. */
    @Test
    void shouldBeReadByOtherThreadsWhileItIsWritten() throws Exception {
        VotersStore store = open();
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Long> reads = CompletableFuture.supplyAsync(() -> {
            long done = 0;
            while (!over.get()) {
                long next = store.nextOffset();
                if (next > 0) {
                    long number = done * 7_919 % next;
                    VoterRow row = store.voter(voter(number), BALLOT);
                    if (!row.equals(row(number))) {
                        throw new AssertionError("voter %d of %d has %s".formatted(number, next, row));
                    }
                    done++;
                }
            }
            return done;
        });
        for (long number = 0; number < 50_000; number++) {
            store.putVoter(voter(number), BALLOT, row(number).encode());
            store.decided(number);
            if (number % 1_000 == 0) {
                store.flushCache();
            }
        }
        over.set(true);
        assertThat(reads.get(30, TimeUnit.SECONDS)).isPositive();
        assertThat(store.size()).isEqualTo(50_000);
        store.close();
    }

    /** The thread that opens it may have a transaction open, which does not wait for the reading of a large file. */
    @Test
    void shouldReadItsFileWhenItIsAskedAndNotWhenItIsOpened() {
        VotersStore store = open();
        assertThat(store.isOpen()).isFalse();
        assertThat(openStores.bytes()).as("a metric reads no file").isZero();
        assertThat(openStores.voters()).isZero();
        assertThat(file()).doesNotExist();
        assertThat(openStores.restoresFrom(2)).isEqualTo(OptionalLong.of(0));
        assertThat(store.isOpen()).isTrue();
        assertThat(openStores.bytes()).isPositive();
        assertThat(file()).exists();
    }

    private Path file() {
        return folder.resolve("voters-0_2.rows");
    }

    @Test
    void shouldBeFreedOfSupersededRowsWhenItIsOpened() throws IOException {
        VotersStore store = open();
        for (int round = 0; round < 70; round++) {
            byte[] large = new byte[1 << 20];
            large[0] = (byte) round;
            store.putBallot("ballot" + round % 3, large);
            if (round % 2 == 0) {
                store.putVoter(voter(round), BALLOT, row(round).encode());
            }
            store.decided(round);
            store.flushCache();
        }
        store.close();
        assertThat(Files.size(file())).isGreaterThan(70 << 20);
        Path copy = folder.resolve("voters-0_2.rows.new");
        Files.write(copy, new byte[] {1});

        // The last block is taken back, which has ballot0 for the last time.
        for (int start = 0; start < 3; start++) {
            VotersStore again = open();
            assertThat(again.nextOffset()).isEqualTo(69);
            assertThat(again.size()).isEqualTo(35);
            assertThat(Files.size(file())).isBetween(3L << 20, 4L << 20);
            assertThat(copy).doesNotExist();
            for (int ballot = 0; ballot < 3; ballot++) {
                assertThat(again.ballot("ballot" + ballot))
                        .startsWith(66 + ballot)
                        .hasSize(1 << 20);
            }
            for (int number = 0; number < 70; number += 2) {
                assertThat(again.voter(voter(number), BALLOT)).isEqualTo(row(number));
            }
            again.close();
        }
        VotersStore after = open();
        put(after, 69);
        put(after, 70);
        assertThat(after.goOnAt(70, 70)).isTrue();
        assertThat(after.nextOffset()).isEqualTo(70);
        assertThat(after.goOnAt(60, 60)).as("before the file was compacted").isFalse();
        assertThat(after.nextOffset()).isZero();
        assertThat(after.size()).isZero();
    }

    @Test
    void shouldBeCompactedWhenItIsLargeAndHalfOfItSuperseded() {
        long mib = 1 << 20;
        assertThat(Compaction.isDue(65 * mib, 100, 51)).isTrue();
        assertThat(Compaction.isDue(65 * mib, 100, 50)).isFalse();
        assertThat(Compaction.isDue(63 * mib, 100, 99)).isFalse();
        assertThat(Compaction.isDue(50_000 * mib, 100, 13)).as("towards 64 GiB").isTrue();
        assertThat(Compaction.isDue(50_000 * mib, 100, 12)).isFalse();
    }

    @Test
    void shouldRemoveTheFilesOfTasksThatAreNotHereAnyMore() throws IOException {
        for (String here : List.of("0_4", "0_5")) {
            Files.createDirectory(folder.resolve(here));
        }
        for (String name : List.of("voters-0_4.rows", "voters-0_5.rows.new", "voters-0_6", "others-0_6.rows")) {
            Files.write(folder.resolve(name), new byte[] {1});
        }
        for (String name : List.of("voters-0_6.rows", "voters-0_11.rows", "voters-0_6.rows.new")) {
            Files.write(folder.resolve(name), new byte[] {1});
        }
        open().nextOffset();
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "0_4",
                            "0_5",
                            "voters-0_2.rows",
                            "voters-0_4.rows",
                            "voters-0_5.rows.new",
                            "voters-0_6",
                            "others-0_6.rows");
        }
    }
}
