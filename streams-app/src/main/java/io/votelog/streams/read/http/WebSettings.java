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
 * How the application is met from outside.
 *
 * @param cors which other origins' pages may read
 * @param publicUrls addresses that clients use
 * @param hsts for how long browsers shall speak https alone with this side
 */
@ConfigurationProperties("votelog")
public record WebSettings(@Nullable Cors cors, @Nullable PublicUrls publicUrls, @DefaultValue HstsSettings hsts) {
    /** @param allowedOrigins such as {@code https://vote.example.org}, or {@code *}; none by default */
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

    /** What {@code Strict-Transport-Security} says on every answer; nothing when it is not sent. */
    Optional<String> strictTransport() {
        return hsts.header(streams());
    }

    /** The address of this side, when it is known. */
    @Nullable
    URI streams() {
        return publicUrls == null ? null : publicUrls.streams();
    }

    /** The address of the side that takes votes, when it is known. */
    @Nullable
    public URI producer() {
        return publicUrls == null ? null : publicUrls.producer();
    }
}
