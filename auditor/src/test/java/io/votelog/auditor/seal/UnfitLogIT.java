// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.auditor.CommandRun;
import io.votelog.auditor.report.Report;
import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.schemas.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that may lose what is sealed is not sealed. */
@WithKafka(freshTopics = true)
class UnfitLogIT {
    @Test
    void shouldNotSealALogWhoseRecordsAreDeleted(KafkaBroker broker, @TempDir Path dir) throws Exception {
        Path key = dir.resolve("key");
        assertThat(CommandRun.of("keygen", "--origin", "example.org/unfit", "--out", key)
                        .exitCode())
                .isZero();
        NewTopic votes = Topics.VOTES.newTopic(2, 1);
        votes.configs().put("retention.ms", "1000");
        broker.createTopics(votes, Topics.SEALS.newTopic(1, 1));

        Path sealed = dir.resolve("sealed");
        CommandRun refused = CommandRun.of(
                "seal", "--once", "--bootstrap-servers", broker.bootstrapServers(), "--log", sealed, "--key", key);

        assertThat(refused.exitCode()).isEqualTo(Report.NOT_RUN);
        assertThat(refused.err().lines()).hasSize(1);
        assertThat(refused.err())
                .startsWith("The audit could not be run: topic votelog.votes.v1 has retention.ms=1000; expected: -1")
                .contains("kafka-configs --bootstrap-server " + broker.bootstrapServers()
                        + " --alter --entity-type topics --entity-name votelog.votes.v1 --add-config retention.ms=-1");
        assertThat(Files.exists(sealed.resolve("votes"))).isFalse();
    }
}
