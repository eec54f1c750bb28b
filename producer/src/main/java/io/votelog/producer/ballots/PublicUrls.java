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
        requireHttp("votelog.public-urls.producer", producer);
        requireHttp("votelog.public-urls.streams", streams);
        producer = withoutSlash(producer);
        streams = withoutSlash(streams);
    }

    public URI ballot(String ballotId) {
        return URI.create(producer + "/v1/ballots/" + ballotId);
    }

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
