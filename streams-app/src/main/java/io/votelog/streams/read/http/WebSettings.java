// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.http;

import io.votelog.web.origins.CorsSettings;
import io.votelog.web.settings.HstsSettings;
import io.votelog.web.settings.PublicAddress;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the application is reached from outside.
 *
 * @param cors which other origins' pages may read answers
 * @param publicUrls the addresses that clients use
 * @param hsts how long browsers shall use https alone with this side
 */
@ConfigurationProperties("votelog")
public record WebSettings(
        @DefaultValue CorsSettings cors, @DefaultValue PublicUrls publicUrls, @DefaultValue HstsSettings hsts) {
    /**
     * Where the world reaches the two sides, and the sealed log.
     *
     * @param producer the side that takes votes, without a slash at the end; null when it is not known
     * @param streams this side, without a slash at the end; null when it is not known
     * @param sealedLog where a sealer serves the sealed log and the page that checks proofs, likewise
     */
    public record PublicUrls(@Nullable URI producer, @Nullable URI streams, @Nullable URI sealedLog) {
        public PublicUrls {
            producer = producer == null ? null : PublicAddress.of("votelog.public-urls.producer", producer);
            streams = streams == null ? null : PublicAddress.of("votelog.public-urls.streams", streams);
            sealedLog = sealedLog == null ? null : PublicAddress.of("votelog.public-urls.sealed-log", sealedLog);
        }
    }

    /** The value of {@code Strict-Transport-Security} on every answer; empty when the header is not sent. */
    Optional<String> strictTransport() {
        return hsts.header(streams());
    }

    /** The public address of this side, or null when it is not set. */
    public @Nullable URI streams() {
        return publicUrls.streams();
    }

    /** The public address of the side that takes votes, or null when it is not set. */
    @Nullable
    public URI producer() {
        return publicUrls.producer();
    }
}
