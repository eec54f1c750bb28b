// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.events.VoteCast;
import io.votelog.infra.testing.TopicReader;
import io.votelog.schemas.Events;
import io.votelog.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real program and its parts are killed; no vote is lost, and none is counted twice. */
class UpCrashIT {
    private static final Duration SOON = Duration.ofMinutes(1);

    @TempDir
    Path dir;

    private Running up;

    @AfterEach
    void leaveNothingBehind() {
        if (up != null) {
            up.kill();
        }
    }

    @Test
    void shouldKeepEveryVoteThroughCrashes() throws Exception {
        up = Running.start(dir);
        up.awaitReady();
        up.vote("ada", "01", "25");
        up.vote("grace", "01", "43");
        Set<Long> orphans = up.children();
        up.killParentOnly();
        await().atMost(SOON).until(() -> orphans.stream().allMatch(Running::gone));

        up = Running.start(dir, "--demo", "500");
        up.awaitReady();
        await().atMost(Duration.ofSeconds(60)).until(() -> up.turnout("received") > 2_000);
        Set<Long> rest = up.children();
        up.killChild("streams-app");
        assertThat(up.awaitEnd(Duration.ofSeconds(40))).isEqualTo(1);
        assertThat(up.err())
                .hasSize(1)
                .first()
                .asString()
                .contains("streams-app died (exit code 137)")
                .contains("streams-app.log");
        assertThat(rest).allMatch(Running::gone);

        up = Running.start(dir);
        up.awaitReady();
        Recount recount = Recount.of(up.kafka());
        assertThat(recount.received).isGreaterThan(2_000);
        assertThat(recount.rejected).isPositive();
        up.awaitTurnout(recount.received, recount.accepted, recount.retried, recount.rejected);
        assertThat(up.votes()).isEqualTo(recount.votes);
    }

    /** What the log comes to, counted plainly: in each partition, each key's first vote counts. */
    private static final class Recount {
        private long received;
        private long accepted;
        private long retried;
        private long rejected;
        private final Map<String, Long> votes = new TreeMap<>();

        static Recount of(String bootstrapServers) throws Exception {
            Recount recount = new Recount();
            Map<String, VoteCast> firsts = new HashMap<>();
            for (ConsumerRecord<byte[], byte[]> record : TopicReader.readAll(bootstrapServers, Topics.VOTES.name())) {
                if (Events.decode(record.value()).event() instanceof VoteCast vote) {
                    recount.count(firsts, HexFormat.of().formatHex(record.key()), vote);
                }
            }
            return recount;
        }

        private void count(Map<String, VoteCast> firsts, String voter, VoteCast vote) {
            received++;
            VoteCast first = firsts.putIfAbsent(voter, vote);
            if (first == null) {
                accepted++;
                vote.getChoices().forEach(choice -> votes.merge(choice, 1L, Long::sum));
                return;
            }
            UUID id = first.getVoteId();
            List<String> choices = first.getChoices();
            if (id.equals(vote.getVoteId()) && Set.copyOf(choices).equals(Set.copyOf(vote.getChoices()))) {
                retried++;
            } else {
                rejected++;
            }
        }
    }
}
