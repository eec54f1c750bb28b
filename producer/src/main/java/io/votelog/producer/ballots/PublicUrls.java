// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.ballots;

import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.web.settings.BadSettingException;
import io.votelog.web.settings.CheckedAtStart;
import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the world reaches the two sides.
 *
 * @param producer this side, without a slash at the end
 * @param streams the read side, without a slash at the end
 */
@ConfigurationProperties("votelog.public-urls")
public record PublicUrls(
        @DefaultValue("http://localhost:8080") URI producer, @DefaultValue("http://localhost:8081") URI streams)
        implements CheckedAtStart {
    public PublicUrls {
        requireHttp("votelog.public-urls.producer", producer);
        requireHttp("votelog.public-urls.streams", streams);
        producer = withoutSlash(producer);
        streams = withoutSlash(streams);
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

    /** Where a vote's verdict is told. */
    public String receipt(String ballotId, String receipt, long offset) {
        return streams + "/v1/ballots/" + ballotId + "/receipts/" + receipt + "?offset=" + offset;
    }

    /** Where it is told what became of a vote, wherever it stands. */
    public URI receipt(String ballotId, Receipt receipt) {
        return URI.create(streams + "/v1/ballots/" + ballotId + "/receipts/" + receipt);
    }

    /** Where it is told whether a voter has an accepted vote. */
    public URI voter(String ballotId, Pseudonym voter) {
        return URI.create(streams + "/v1/ballots/" + ballotId + "/voters/" + voter);
    }

    private static void requireHttp(String key, URI url) {
        boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
        if (!http || url.getHost() == null || url.getRawQuery() != null || url.getRawFragment() != null) {
            throw new BadSettingException(
                    key,
                    url.toString(),
                    "an http or https URL without query and fragment, such as https://vote.example");
        }
    }

    private static URI withoutSlash(URI uri) {
        String text = uri.toString();
        return text.endsWith("/") ? URI.create(text.substring(0, text.length() - 1)) : uri;
    }
}
