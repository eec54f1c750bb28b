// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.events.PartitionTally;
import io.votelog.events.ReasonCount;
import io.votelog.events.RejectionReason;
import io.votelog.rules.Reason;
import io.votelog.rules.Verdict;
import io.votelog.streams.topology.LogStep.JudgedVote;
import io.votelog.streams.topology.rows.PartitionPosition;
import io.votelog.streams.topology.rows.StoreNames;
import java.io.File;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.stream.LongStream;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of tallies that older builds wrote, byte by byte, and those that this build writes. */
class BallotTallyTest {
    /** A digest of 11s, two partitions, two options; 90 received, 7 accepted, 5 retried, 3 late, then twelve reasons with 1 to 12 votes. */
    private static final String COUNTS = "1111111111111111111111111111111111111111111111111111111111111111"
            + "00000002" + "0000017d862c7400" + "00" + "00000002" + "7fffffffffffffff" + "0000017d8d0a4400"
            + "000000000000005a" + "0000000000000007" + "0000000000000005" + "0000000000000003"
            + "0c"
            + "0000000000000001" + "0000000000000002" + "0000000000000003" + "0000000000000004"
            + "0000000000000005" + "0000000000000006" + "0000000000000007" + "0000000000000008"
            + "0000000000000009" + "000000000000000a" + "000000000000000b" + "000000000000000c";

    private static final String VERSION_1 = "01" + COUNTS;
    private static final String VERSION_2 = "02" + COUNTS + "0000000000000002";
    private static final PartitionPosition POSITION = PartitionPosition.START;

    @TempDir
    static File stateDir;

    private final KeyValueStore<String, byte[]> store = Stores.keyValueStoreBuilder(
                    Stores.inMemoryKeyValueStore(StoreNames.PARTITION_TALLIES), Serdes.String(), Serdes.ByteArray())
            .withLoggingDisabled()
            .build();

    @BeforeEach
    void open() {
        Properties config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "tally");
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        MockProcessorContext<Void, Void> context = new MockProcessorContext<>(config, new TaskId(0, 0), stateDir);
        store.init(context.getStateStoreContext(), store);
        store.put("fruits/0", ByteBuffer.allocate(16).putLong(6).putLong(4).array());
    }

    @ParameterizedTest
    @ValueSource(strings = {VERSION_1, VERSION_2})
    void shouldReadWhatOlderBuildsCounted(String head) {
        store.put("fruits/head", HexFormat.of().parseHex(head));

        BallotTally tally = read();
        PartitionTally before = tally.snapshot(0, POSITION);
        assertThat(before.getAsOf()).isEqualTo(Instant.parse("2021-12-06T00:00:00Z"));
        assertThat(List.of(before.getReceived(), before.getAccepted(), before.getRetried(), before.getLate()))
                .containsExactly(90L, 7L, 5L, 3L);
        assertThat(before.getAnnulled()).isEqualTo(head.equals(VERSION_2) ? 2 : 0);
        assertThat(before.getVotes()).containsExactly(6L, 4L);
        assertThat(before.getRejected())
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 12)
                        .mapToObj(n -> new ReasonCount(RejectionReason.values()[(int) n], n))
                        .toList());

        // The next vote rewrites the row in the present form, and loses nothing.
        tally.count(new JudgedVote(null, new Verdict.Rejected(Reason.CLOSED)), 9, 1_638_748_800_000L);
        tally.write();
        assertThat(store.get("fruits/head")[0]).isEqualTo((byte) 3);
        assertThat(read().snapshot(0, POSITION)).isEqualTo(tally.snapshot(0, POSITION));
        assertThat(tally.snapshot(0, POSITION).getRejected()).contains(new ReasonCount(RejectionReason.CLOSED, 4L));
    }

    @Test
    void shouldNameAReasonThatItDoesNotKnow() {
        store.put("fruits/head", HexFormat.of().parseHex(VERSION_2));
        BallotTally tally = read();
        tally.count(new JudgedVote(null, new Verdict.Rejected(Reason.CLOSED)), 9, 1_638_748_800_000L);
        tally.write();
        String bytes = new String(store.get("fruits/head"), StandardCharsets.ISO_8859_1);
        assertThat(bytes).contains("NO_CHOICE");
        store.put("fruits/head", bytes.replace("NO_CHOICE", "NO_CHANCE").getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(this::read).hasMessageContaining("rejected as NO_CHANCE");
    }

    @Test
    void shouldReadNoRowOfAVersionThatIsNotKnown() {
        store.put("fruits/head", HexFormat.of().parseHex("04" + COUNTS));
        assertThatThrownBy(this::read).hasMessageContaining("version 4");
    }

    private BallotTally read() {
        return BallotTally.readAll(store).get(0);
    }
}
