package io.votelog.producer;

import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import java.net.URI;

/**
 * Where the world reaches the two sides.
 *
 * @param producer this side, without a slash at the end
 * @param streams the read side, without a slash at the end
 */
record PublicUrls(URI producer, URI streams) {
    PublicUrls {
        producer = withoutSlash(producer);
        streams = withoutSlash(streams);
    }

    URI ballot(String ballotId) {
        return URI.create(producer + "/v1/ballots/" + ballotId);
    }

    URI votes(String ballotId) {
        return URI.create(ballot(ballotId) + "/votes");
    }

    /** The page of the ballot's results. */
    URI results(String ballotId) {
        return URI.create(streams + "/ballots/" + ballotId + "/results");
    }

    /** Where a vote's verdict is told. */
    String receipt(String ballotId, String receipt, long offset) {
        return streams + "/v1/ballots/" + ballotId + "/receipts/" + receipt + "?offset=" + offset;
    }

    /** Where it is told what became of a vote, wherever it stands. */
    URI receipt(String ballotId, Receipt receipt) {
        return URI.create(streams + "/v1/ballots/" + ballotId + "/receipts/" + receipt);
    }

    /** Where it is told whether a voter has an accepted vote. */
    URI voter(String ballotId, Pseudonym voter) {
        return URI.create(streams + "/v1/ballots/" + ballotId + "/voters/" + voter);
    }

    private static URI withoutSlash(URI uri) {
        String text = uri.toString();
        return text.endsWith("/") ? URI.create(text.substring(0, text.length() - 1)) : uri;
    }
}
