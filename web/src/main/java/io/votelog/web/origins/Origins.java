// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.origins;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.web.cors.CorsConfiguration;

/**
 * Tells whose pages may call, by the header {@code Origin} that browsers send (Fetch Standard): those of this side itself, and those
 * of the origins that the configuration names. Everybody else's are refused, those without an origin ({@code null}) too.
 *
 * <p>This side is where the request says it went (its {@code Host}), and at the public address. A proxy that ends TLS passes on by
 * http what came by https, so an https origin of the request's own host is this side's; the other way round it is not.
 */
public final class Origins {
    private static final String HTTP = "http://";
    private static final String HTTPS = "https://";

    private final CorsConfiguration allowed;
    private final @Nullable String ownOrigin;

    /**
     * @param allowed the other origins, and what their pages may do
     * @param publicAddress where the world reaches this side; null when that is not known
     */
    public Origins(CorsConfiguration allowed, @Nullable URI publicAddress) {
        this.allowed = allowed;
        this.ownOrigin = publicAddress == null
                ? null
                : publicAddress.getScheme().toLowerCase(Locale.ROOT) + "://"
                        + authority(
                                publicAddress.getRawAuthority(), "https".equalsIgnoreCase(publicAddress.getScheme()));
    }

    /** What the pages of other origins may do. */
    public CorsConfiguration allowed() {
        return allowed;
    }

    /**
     * Whether a page of this side sent the request.
     *
     * @param values of the header {@code Origin}, one at least
     * @param https whether the request came by TLS
     * @param host the header {@code Host}; null when there is none
     */
    public boolean areOwn(List<String> values, boolean https, @Nullable String host) {
        if (values.size() != 1) {
            return false;
        }
        String origin = values.get(0);
        boolean secure = origin.startsWith(HTTPS);
        if (!secure && !origin.startsWith(HTTP)) {
            return false;
        }
        String scheme = secure ? HTTPS : HTTP;
        String authority = authority(origin.substring(scheme.length()), secure);
        if ((scheme + authority).equalsIgnoreCase(ownOrigin)) {
            return true;
        }
        return host != null && (secure || !https) && authority.equalsIgnoreCase(authority(host, secure));
    }

    /**
     * What {@code Access-Control-Allow-Origin} says to a page of another origin; null when such a page may not call.
     *
     * @param values of the header {@code Origin}, one at least
     */
    public @Nullable String allowance(List<String> values) {
        return values.size() == 1 ? allowed.checkOrigin(values.get(0)) : null;
    }

    /** Without the scheme's own port. */
    private static String authority(String authority, boolean secure) {
        String port = secure ? ":443" : ":80";
        return authority.endsWith(port) ? authority.substring(0, authority.length() - port.length()) : authority;
    }
}
