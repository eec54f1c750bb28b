// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.ballots;

import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.web.settings.CheckedAtStart;
import io.votelog.web.settings.PublicAddress;
import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The public addresses of the two sides.
 *
 * @param producer the write side's, without a slash at the end
 * @param streams the read side's, without a slash at the end
 */
@ConfigurationProperties("votelog.public-urls")
public record PublicUrls(
        @DefaultValue("http://localhost:8080") URI producer, @DefaultValue("http://localhost:8081") URI streams)
        implements CheckedAtStart {
    public PublicUrls {
        producer = PublicAddress.of("votelog.public-urls.producer", producer);
        streams = PublicAddress.of("votelog.public-urls.streams", streams);
    }

    /** The ballot at the gateway. */
    public URI ballot(String ballotId) {
        return URI.create(producer + "/v1/ballots/" + ballotId);
    }

    /** Where its votes are sent. */
    public URI votes(String ballotId) {
        return URI.create(ballot(ballotId) + "/votes");
    }

    /** The page of the ballot's results. */
    public URI results(String ballotId) {
        return URI.create(streams + "/ballots/" + ballotId + "/results");
    }

    /** The address that tells the verdict on the vote at this offset. */
    public String receipt(String ballotId, String receipt, long offset) {
        return streams + "/v1/ballots/" + ballotId + "/receipts/" + receipt + "?offset=" + offset;
    }

    /** The address that tells what became of a vote, whatever its offset. */
    public URI receipt(String ballotId, Receipt receipt) {
        return URI.create(streams + "/v1/ballots/" + ballotId + "/receipts/" + receipt);
    }

    /** The address that tells whether a voter has an accepted vote. */
    public URI voter(String ballotId, Pseudonym voter) {
        return URI.create(streams + "/v1/ballots/" + ballotId + "/voters/" + voter);
    }
}
