// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.Seal;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.OffsetRange;
import io.votelog.events.BallotResults;
import io.votelog.events.BallotStatus;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Checks that every published final result is sealed. A sealer seals a result before records that came later. So a
 * final result that is not sealed, although later records are, was left out.
 */
final class FinalResultsCheck {
    static final String TITLE = "Each final result that was published is sealed";

    /**
     * A sealer seals results only when it has caught up with the log. With at least so many unsealed records it may
     * still be catching up.
     */
    private static final long CATCH_UP_BATCH = 10_000;

    private final Map<String, Final> finals = new TreeMap<>();
    private final Map<String, SealIndex.Placed> sealed;

    private record Final(String ballotId, long revision, long publishedMs) {}

    /** @param sealed the newest sealed result of each ballot */
    FinalResultsCheck(LogSource source, Map<String, SealIndex.Placed> sealed) {
        this.sealed = sealed;
        for (OffsetRange range : source.ranges(Topics.RESULTS.name())) {
            source.read(range, this::take);
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        try {
            BallotResults results = Events.decode(record.value(), BallotResults.class);
            if (results.getStatus() == BallotStatus.FINAL) {
                finals.merge(
                        results.getBallotId(),
                        new Final(results.getBallotId(), results.getRevision(), record.timestamp()),
                        (old, more) -> more.revision() > old.revision() ? more : old);
            }
        } catch (MalformedEventException e) {
            // Bytes that are no event are shown to no reader as results. The replay checks the topic of results.
        }
    }

    /**
     * Adds the step to a report.
     *
     * @param check the check that has read the log
     * @param inSync whether both trees have leaves for the same records
     */
    void run(Report report, SealedRecordsCheck check, boolean inSync) {
        boolean goesOn = inSync && check.unsealed() < CATCH_UP_BATCH;
        List<String> leftOut = new ArrayList<>();
        List<String> waiting = new ArrayList<>();
        for (Final one : finals.values()) {
            SealIndex.Placed placed = sealed.get(one.ballotId());
            if (placed != null && ((Seal.OfResult) placed.seal()).revision() >= one.revision()) {
                continue;
            }
            String what = "%s, revision %d, final since %s"
                    .formatted(one.ballotId(), one.revision(), Instant.ofEpochMilli(one.publishedMs()));
            long later = check.newestSealedMs() - one.publishedMs();
            if (goesOn && later > SealedRecordsCheck.GRACE.toMillis()) {
                leftOut.add("%s: not sealed, and records up to %s are"
                        .formatted(what, Instant.ofEpochMilli(check.newestSealedMs())));
            } else {
                waiting.add(what + ": not sealed yet");
            }
        }
        if (!leftOut.isEmpty()) {
            report.fail(TITLE, String.join("\n", leftOut));
        } else if (!waiting.isEmpty()) {
            report.skip(TITLE, String.join("\n", waiting));
        } else {
            report.pass(TITLE, Texts.count(finals.size(), "ballot"));
        }
    }
}
