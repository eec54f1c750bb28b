// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.ballots;

import io.votelog.events.PepperFingerprint;
import io.votelog.rules.Ballot;
import io.votelog.schemas.BallotDefinition;
import io.votelog.web.problem.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A ballot as the catalogue lists it: what the ballots topic has said of it so far.
 *
 * @param definition the first definition published under its id
 * @param claimOffset the offset of that definition's record in the ballots topic
 * @param partitionCount over how many partitions of votes its votes are spread
 * @param voteSchemas fingerprints of the schemas with which its votes may be written
 * @param pepperFingerprint the fingerprint of the pepper with which its votes are made
 * @param published whether its definition is in every partition of votes
 * @param closing whether somebody has closed it early
 * @param closed whether the early close is in every partition of votes
 * @param ended whether every partition of votes has a record at or after its end
 * @param unserved why this gateway cannot take votes for it; null when it can
 */
public record ListedBallot(
        BallotDefinition definition,
        long claimOffset,
        int partitionCount,
        List<Long> voteSchemas,
        PepperFingerprint pepperFingerprint,
        boolean published,
        boolean closing,
        boolean closed,
        boolean ended,
        @Nullable Problem unserved) {
    /** The ballot's rules. */
    public Ballot ballot() {
        return definition.ballot();
    }

    /** The ballot's id. */
    public String id() {
        return definition.ballot().id();
    }

    ListedBallot withPublished() {
        return with(true, closing, closed, ended);
    }

    ListedBallot withClosing() {
        return with(published, true, closed, ended);
    }

    ListedBallot withClosed() {
        return with(published, true, true, ended);
    }

    ListedBallot withEnded() {
        return with(published, closing, closed, true);
    }

    ListedBallot withUnserved(@Nullable Problem reason) {
        return new ListedBallot(
                definition,
                claimOffset,
                partitionCount,
                voteSchemas,
                pepperFingerprint,
                published,
                closing,
                closed,
                ended,
                reason);
    }

    private ListedBallot with(boolean nowPublished, boolean nowClosing, boolean nowClosed, boolean nowEnded) {
        return new ListedBallot(
                definition,
                claimOffset,
                partitionCount,
                voteSchemas,
                pepperFingerprint,
                nowPublished,
                nowClosing,
                nowClosed,
                nowEnded,
                unserved);
    }
}
