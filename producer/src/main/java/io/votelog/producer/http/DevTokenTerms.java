// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import io.votelog.producer.auth.AuthSettings;
import io.votelog.producer.ballots.PublicUrls;
import io.votelog.producer.pages.SignInSettings;
import io.votelog.web.origins.CorsSettings;
import io.votelog.web.settings.BadSettingException;
import io.votelog.web.settings.Loopback;
import java.net.InetAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The conditions under which a gateway may give anyone a token for any user: everything that it uses is its developer's alone.
 */
final class DevTokenTerms {
    private static final String KEY = "votelog.dev.tokens";
    private static final String ALLOWED =
            "false; or true where server.address, both public addresses, all allowed origins and the issuer, if it is an address,"
                    + " are on this machine (localhost, 127.0.0.1, [::1]), for such tokens let anyone vote as any user";

    private DevTokenTerms() {}

    /** @throws BadSettingException when the other settings are those of a system that serves the public */
    static void require(AuthSettings auth, SignInSettings signIn, PublicUrls publicUrls, CorsSettings cors) {
        if (auth.hs256Secret() == null) {
            throw new BadSettingException(
                    KEY, "true", "false, or true with votelog.auth.hs256-secret, which signs the tokens");
        }
        requireLocal("votelog.public-urls.producer", publicUrls.producer());
        requireLocal("votelog.public-urls.streams", publicUrls.streams());
        requireLocal("votelog.auth.jwk-set-uri", auth.jwkSetUri());
        requireLocal("votelog.sign-in.issuer", signIn.issuer());
        @Nullable String issuer = auth.issuer();
        if (issuer != null && !mayIssue(issuer)) {
            throw refused("votelog.auth.issuer", issuer);
        }
        for (String origin : cors.allowedOrigins()) {
            if (Loopback.hostNamedBy(origin).filter(Loopback::isHost).isEmpty()) {
                throw refused("votelog.cors.allowed-origins", origin);
            }
        }
    }

    /**
     * Requires that a gateway with such tokens listens on this machine's own addresses alone.
     *
     * @param listening the address that it is configured to listen on; null for all addresses of this machine
     * @throws BadSettingException when others can connect to it
     */
    static void requireListeningHere(@Nullable InetAddress listening) {
        if (listening == null || !listening.isLoopbackAddress()) {
            throw refused("server.address", listening == null ? "not set" : listening.getHostAddress());
        }
    }

    /**
     * Whether the issuer may be one for such tokens. An issuer that shares a secret may have any plain name; one that is an
     * address is known to others too.
     */
    private static boolean mayIssue(String issuer) {
        return Loopback.hostNamedBy(issuer).map(Loopback::isHost).orElse(true);
    }

    private static void requireLocal(String key, @Nullable URI address) {
        if (address != null && !Loopback.isAt(address)) {
            throw refused(key, address.toString());
        }
    }

    private static BadSettingException refused(String key, String value) {
        return new BadSettingException(KEY, "true, while %s is %s".formatted(key, value), ALLOWED);
    }
}
