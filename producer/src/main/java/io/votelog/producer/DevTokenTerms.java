package io.votelog.producer;

import io.votelog.web.settings.BadSettingException;
import io.votelog.web.settings.Loopback;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/** When a gateway may give anyone a token for any user: where nothing of it is anybody else's than its developer's. */
final class DevTokenTerms {
    private static final String KEY = "votelog.dev.tokens";
    private static final String ALLOWED =
            "false; or true where both public addresses, all allowed origins and the issuer, if there is one, are on this machine"
                    + " (localhost, 127.0.0.1, [::1]), for such tokens let anyone vote as any user";

    private DevTokenTerms() {}

    /** @throws BadSettingException when the other settings are those of a system that serves the public */
    static void require(
            AuthSettings auth, SignInSettings signIn, ProducerSettings.Urls publicUrls, ProducerSettings.Cors cors) {
        if (auth.hs256Secret() == null) {
            throw new BadSettingException(
                    KEY, "true", "false, or true with votelog.auth.hs256-secret, which signs the tokens");
        }
        requireLocal("votelog.public-urls.producer", publicUrls.producer());
        requireLocal("votelog.public-urls.streams", publicUrls.streams());
        requireLocal("votelog.auth.jwk-set-uri", auth.jwkSetUri());
        requireLocal("votelog.sign-in.issuer", signIn.issuer());
        // An issuer who shares a secret may have any name; an address is a name that others know too.
        requireLocal("votelog.auth.issuer", address(auth.issuer()));
        for (String origin : cors.allowedOrigins()) {
            URI address = address(origin);
            if (address == null) {
                throw refused("votelog.cors.allowed-origins", origin);
            }
            requireLocal("votelog.cors.allowed-origins", address);
        }
    }

    private static void requireLocal(String key, @Nullable URI address) {
        if (address != null && !Loopback.isAt(address)) {
            throw refused(key, address.toString());
        }
    }

    private static BadSettingException refused(String key, String value) {
        return new BadSettingException(KEY, "true, while %s is %s".formatted(key, value), ALLOWED);
    }

    private static @Nullable URI address(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            URI uri = new URI(text);
            return uri.getHost() == null ? null : uri;
        } catch (URISyntaxException noAddress) {
            return null;
        }
    }
}
