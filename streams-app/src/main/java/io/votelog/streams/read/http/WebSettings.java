// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.http;

import io.votelog.web.settings.HstsSettings;
import java.net.URI;
import java.util.List;
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
public record WebSettings(@Nullable Cors cors, @Nullable PublicUrls publicUrls, @DefaultValue HstsSettings hsts) {
    /** @param allowedOrigins each like {@code https://vote.example.org}, or {@code *} for all; none by default */
    record Cors(@Nullable List<String> allowedOrigins) {}

    /** Absolute http or https addresses, without a slash at the end. */
    record PublicUrls(@Nullable URI producer, @Nullable URI streams) {
        PublicUrls {
            check("producer", producer);
            check("streams", streams);
        }

        private static void check(String side, @Nullable URI url) {
            boolean fit = url == null
                    || (("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
                            && url.getHost() != null
                            && !url.toString().endsWith("/"));
            if (!fit) {
                throw new IllegalArgumentException(
                        "votelog.public-urls.%s is '%s'; an absolute http or https address is allowed, without a slash at the end"
                                .formatted(side, url));
            }
        }
    }

    List<String> allowedOrigins() {
        List<String> origins = cors == null ? null : cors.allowedOrigins();
        return origins == null ? List.of() : origins;
    }

    /** The value of {@code Strict-Transport-Security} on every answer; empty when the header is not sent. */
    Optional<String> strictTransport() {
        return hsts.header(streams());
    }

    /** The public address of this side, or null when it is not set. */
    @Nullable
    URI streams() {
        return publicUrls == null ? null : publicUrls.streams();
    }

    /** The public address of the side that takes votes, or null when it is not set. */
    @Nullable
    public URI producer() {
        return publicUrls == null ? null : publicUrls.producer();
    }
}
