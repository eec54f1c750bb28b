// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.pages;

import io.votelog.web.settings.BadSettingException;
import io.votelog.web.settings.CheckedAtStart;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What an operator decides about the pages.
 *
 * @param frameAncestors the origins whose pages may show results in a frame, such as {@code https://news.example.org}; none by default
 * @param methodUrl a page of the organiser's on method and audit, which the results link to; null for none
 */
@ConfigurationProperties("votelog.pages")
record PageSettings(@DefaultValue List<URI> frameAncestors, @Nullable URI methodUrl) implements CheckedAtStart {
    PageSettings {
        for (URI origin : frameAncestors) {
            if (!isWeb(origin)
                    || origin.getHost() == null
                    || !origin.toString().equals(origin.getScheme() + "://" + origin.getRawAuthority())) {
                throw new BadSettingException(
                        "votelog.pages.frame-ancestors",
                        origin.toString(),
                        "origins with a scheme and a host and nothing behind them, such as https://news.example");
            }
        }
        if (methodUrl != null && (!isWeb(methodUrl) || methodUrl.getHost() == null)) {
            throw new BadSettingException(
                    "votelog.pages.method-url",
                    methodUrl.toString(),
                    "an http or https address, such as https://vote.example/method");
        }
        frameAncestors = List.copyOf(frameAncestors);
    }

    private static boolean isWeb(URI address) {
        return "https".equals(address.getScheme()) || "http".equals(address.getScheme());
    }
}
