// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import io.votelog.events.BallotResults;
import io.votelog.events.BallotStatus;
import io.votelog.events.CountedPosition;
import io.votelog.events.ReasonCount;
import io.votelog.events.RejectionReason;
import io.votelog.rules.Ballot;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.BallotFile;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A ballot and its results, the same in every run. */
public final class Documents {
    private Documents() {}

    public static BallotDefinition ballot(String visibility) {
        String yaml =
                """
                ballotId: golden
                title: {zh: 评选, en: A vote}
                window: {opensAt: "2021-12-05T00:00:00+08:00", closesAt: "2021-12-12T00:00:00+08:00"}
                picks: {min: 1, max: 2}
                sections:
                  - id: A
                    title: Part A
                    options:
                      - {id: "01", title: {zh: 甲, en: 'One, "first"'}}
                      - {id: "02", title: {zh: 乙, en: "Two, or 2"}}
                  - id: B
                    title: {en: Part B}
                    options:
                      - {id: "03", title: Third}
                results: {visibility: %s}
                """
                        .formatted(visibility);
        Ballot.Definition read = BallotFile.YAML.read(yaml.getBytes(StandardCharsets.UTF_8));
        if (read instanceof Ballot.Definition.Valid valid) {
            return BallotDefinition.of(valid.ballot());
        }
        throw new IllegalArgumentException(read.toString());
    }

    public static BallotResults results(
            BallotDefinition definition, BallotStatus status, long version, @Nullable Long endOffset) {
        return results(definition, status, version, endOffset, List.of(4L, 4L, 2L), 0);
    }

    public static BallotResults results(
            BallotDefinition definition,
            BallotStatus status,
            long version,
            @Nullable Long endOffset,
            List<Long> votes,
            long annulled) {
        return new BallotResults(
                "golden",
                definition.digest(),
                status,
                version,
                0L,
                Instant.parse("2021-12-06T01:02:03.456Z"),
                10L,
                6L,
                1L,
                List.of(
                        new ReasonCount(RejectionReason.NOT_OPEN, 1L),
                        new ReasonCount(RejectionReason.ALREADY_VOTED, 2L)),
                annulled,
                3L,
                0L,
                0L,
                votes,
                List.of(new CountedPosition(1, 9L, endOffset), new CountedPosition(0, 7L, null)));
    }
}
