// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.ballots;

import io.votelog.web.problem.ProblemException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Takes fraudulent votes out of the counts by writing an annulment. It blocks. It knows nothing of the vote: whether the
 * annulment took effect is told by the vote's receipt, from the log.
 */
public final class VoteAnnuller {
    private static final Logger LOG = LoggerFactory.getLogger(VoteAnnuller.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Catalogue catalogue;
    private final ControlLog log;

    VoteAnnuller(Catalogue catalogue, ControlLog log) {
        this.catalogue = catalogue;
        this.log = log;
    }

    /**
     * Writes the annulment and returns the answer as JSON. A second annulment of the same vote changes nothing.
     *
     * @param userId the operator who asks for it; it is written to this gateway's own log alone
     * @throws ProblemException 404 when there is no such ballot, 503 when it cannot have votes yet, or not here
     * @throws LogUnavailableException when the log does not take it; trying again is safe
     */
    public byte[] annul(String ballotId, AnnulmentBody annulment, String userId) {
        ListedBallot ballot = catalogue.annullable(ballotId);
        ControlLog.RecordPosition position = log.annul(ballot, annulment.receipt(), annulment.reason());
        LOG.info(
                "{} annulled vote {} of ballot {}: partition {}, offset {} of votes",
                userId,
                annulment.receipt().voteId(),
                ballotId,
                position.partition(),
                position.offset());
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("ballotId", ballotId);
        document.put("voteId", annulment.receipt().voteId().toString());
        document.put("receipt", annulment.receipt().toString());
        document.put("partition", position.partition());
        document.put("offset", position.offset());
        document.put("recordedAt", position.recordedAt().toString());
        document.put("reason", annulment.reason());
        return JSON.writeValueAsBytes(document);
    }
}
