// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.ballots;

import io.votelog.producer.problem.Problems;
import io.votelog.rules.Ballot;
import io.votelog.rules.Fault;
import io.votelog.rules.Note;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.BallotFile;
import io.votelog.web.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** Publishes and closes ballots. It blocks. */
public final class BallotPublisher {
    private final Catalogue catalogue;
    private final ControlLog log;
    private final BallotLifecycle lifecycle;
    private final Clock clock;

    BallotPublisher(Catalogue catalogue, ControlLog log, BallotLifecycle lifecycle, Clock clock) {
        this.catalogue = catalogue;
        this.log = log;
        this.lifecycle = lifecycle;
        this.clock = clock;
    }

    /** The outcome of a publication that was not refused. */
    public enum Publication {
        /** This call published the ballot. */
        CREATED,
        /** The same ballot had been published before. */
        ALREADY_PUBLISHED
    }

    /**
     * A ballot file that was read.
     *
     * @param notes where it was understood otherwise than it was written
     */
    public record ParsedBallot(BallotDefinition definition, List<Note> notes) {}

    /**
     * Reads the definition in a ballot file.
     *
     * @param ballotId the id under which it shall be published
     * @throws ProblemException 422 with every fault
     */
    public ParsedBallot read(String ballotId, BallotFile form, byte[] file) {
        Ballot.Definition read = form.read(file);
        if (read instanceof Ballot.Definition.Faulty faulty) {
            // Older rules may have asked less of a ballot when it was published; publishing the same file again is no
            // fault.
            if (form.readPublished(file) instanceof Ballot.Definition.Valid valid && isPublished(ballotId, valid)) {
                return new ParsedBallot(BallotDefinition.of(valid.ballot()), valid.notes());
            }
            throw Problems.faultyBallot(faulty.faults()).exception();
        }
        Ballot.Definition.Valid valid = (Ballot.Definition.Valid) read;
        Ballot ballot = valid.ballot();
        if (!ballot.id().equals(ballotId)) {
            throw faulty(
                    "ballotId", "the file is of ballot %s, and the path is that of another".formatted(ballot.id()));
        }
        BallotDefinition definition = BallotDefinition.of(ballot);
        int length = definition.json().getBytes(StandardCharsets.UTF_8).length;
        if (length > BallotFile.MAX_BYTES) {
            throw faulty(
                    "ballot",
                    "written as JSON it has %d bytes; at most %d are allowed".formatted(length, BallotFile.MAX_BYTES));
        }
        if (!isPublished(ballotId, valid) && !clock.instant().isBefore(ballot.closesAt())) {
            throw faulty(
                    "window.closesAt", "%s is over; a ballot must close in the future".formatted(ballot.closesAt()));
        }
        return new ParsedBallot(definition, valid.notes());
    }

    private boolean isPublished(String ballotId, Ballot.Definition.Valid read) {
        return catalogue
                .find(ballotId)
                .filter(listed -> listed.ballot().equals(read.ballot()))
                .isPresent();
    }

    /**
     * Publishes a definition, and returns when this gateway takes votes for it.
     *
     * @throws ProblemException 409 when another definition has the id
     * @throws LogUnavailableException when the log does not take it; trying again is safe
     */
    public Publication publish(BallotDefinition definition) {
        String id = definition.ballot().id();
        Optional<ListedBallot> before = catalogue.find(id);
        long ownClaim = -1;
        if (before.isEmpty()) {
            ownClaim = log.claim(definition);
            lifecycle.awaitApplied(ownClaim);
        }
        ListedBallot standing = before.or(() -> catalogue.find(id))
                .orElseThrow(() -> new IllegalStateException(
                        "the claim for ballot %s was read back and passed over; see the log".formatted(id)));
        if (!standing.definition().digest().equals(definition.digest())) {
            throw Problems.otherDefinition(id, standing.definition().digestHex(), definition.digestHex())
                    .exception();
        }
        boolean wasPublished = standing.published();
        if (!wasPublished) {
            lifecycle.advance(id);
        }
        return standing.claimOffset() == ownClaim ? Publication.CREATED : Publication.ALREADY_PUBLISHED;
    }

    /**
     * Closes a ballot early, and returns when this gateway takes no more votes for it. A ballot that is closing or over stays
     * as it is.
     *
     * @throws ProblemException 404 when there is no such ballot
     * @throws LogUnavailableException when the log does not take it; trying again is safe
     */
    public void close(String ballotId) {
        ListedBallot listed = catalogue.find(ballotId).orElseThrow(() -> Problems.unknownBallot(ballotId)
                .exception());
        if (listed.closing() || listed.ended()) {
            return;
        }
        lifecycle.awaitApplied(log.intendClose(listed));
    }

    private static ProblemException faulty(String place, String problem) {
        return Problems.faultyBallot(List.of(new Fault(place, problem))).exception();
    }
}
