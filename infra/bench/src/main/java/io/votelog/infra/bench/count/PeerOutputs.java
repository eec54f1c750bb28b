// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.count;

import io.votelog.infra.bench.log.MadeLog;
import io.votelog.infra.bench.log.Outputs;
import io.votelog.infra.bench.workspace.BenchException;
import io.votelog.rules.Section;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** What the topologies beside streams-app made of the log, held against what was put into it. */
final class PeerOutputs {
    private final Outputs outputs;
    private final MadeLog log;

    PeerOutputs(Outputs outputs, MadeLog log) {
        this.outputs = outputs;
        this.log = log;
    }

    /** @throws BenchException where not each record of the log came out */
    void requirePassed(Map<TopicPartition, Long> from) {
        Outputs.require("what passed through", () -> outputs.count(from, PassThrough.OUT) == log.records());
    }

    /** @throws BenchException where the counts by option are others than those of the log */
    void requireCounts(Map<TopicPartition, Long> from) {
        List<String> options = log.ballot().sections().stream()
                .map(Section::options)
                .flatMap(List::stream)
                .map(option -> log.ballot().id() + "/" + option.id())
                .toList();
        Outputs.require("the counts of the textbook topology", () -> {
            Map<String, Long> counts = new HashMap<>();
            outputs.read(
                    from,
                    Textbook.COUNTS,
                    record -> counts.put(
                            new String(record.key(), StandardCharsets.UTF_8),
                            ByteBuffer.wrap(record.value()).getLong()));
            return options.stream()
                    .map(option -> counts.getOrDefault(option, 0L))
                    .toList()
                    .equals(log.tally());
        });
        Outputs.require(
                "its decisions", () -> outputs.count(from, Textbook.DECISIONS) == log.accepted() + log.retried());
    }
}
