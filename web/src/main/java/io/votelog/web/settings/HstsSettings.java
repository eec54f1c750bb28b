// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.settings;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * For how long browsers shall speak https alone with this host (RFC 6797), under {@code votelog.hsts}. The header stays with a browser
 * for that long, whatever is set later, so it says nothing of other hosts unless it is told to.
 *
 * @param maxAge whole seconds; 0 takes back what was said before; when absent, a year where the public address is https, else nothing
 * @param includeSubdomains whether hosts below this one are meant too
 */
public record HstsSettings(@Nullable Duration maxAge, @DefaultValue("false") boolean includeSubdomains) {
    private static final Duration ONE_YEAR = Duration.ofDays(365);

    /** What browsers may remember at most. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    /** @throws BadSettingException when the time is below 0 or above 100 years, or has a part of a second */
    public HstsSettings {
        if (maxAge != null && (maxAge.isNegative() || maxAge.compareTo(LONGEST) > 0 || maxAge.getNano() != 0)) {
            throw new BadSettingException(
                    "votelog.hsts.max-age", maxAge.toString(), "0s to take it back, or whole seconds up to 36500d");
        }
    }

    /**
     * The header's value; nothing when it is not sent, which is where nothing is set and the public address is not https.
     *
     * @param publicAddress where the world reaches this side, whoever ends TLS there; null when it is not known
     */
    public Optional<String> header(@Nullable URI publicAddress) {
        boolean https = publicAddress != null && "https".equalsIgnoreCase(publicAddress.getScheme());
        Duration age = maxAge != null ? maxAge : https ? ONE_YEAR : null;
        if (age == null) {
            return Optional.empty();
        }
        // Who forgets a host forgets what was said of those below it too.
        boolean below = includeSubdomains && !age.isZero();
        return Optional.of("max-age=" + age.toSeconds() + (below ? "; includeSubDomains" : ""));
    }
}
