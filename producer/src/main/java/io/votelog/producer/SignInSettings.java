package io.votelog.producer;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where voters sign in on the ballot page: at an OpenID provider, or nowhere when there is no issuer.
 *
 * @param issuer the provider's identifier (OpenID Connect Discovery 1.0, section 3): {@code /.well-known/openid-configuration} is below
 *     it
 * @param clientId of this page, a public client of the provider's
 * @param scope what is asked for, {@code openid} among it
 * @param origins where else than at the issuer's origin the provider has endpoints that the page calls, such as the token endpoint
 */
record SignInSettings(
        @Nullable URI issuer,
        @Nullable String clientId,
        @DefaultValue("openid") String scope,
        @DefaultValue List<URI> origins) {
    SignInSettings {
        if (issuer != null && issuer.toString().isBlank()) {
            issuer = null;
        }
        if (clientId != null && clientId.isBlank()) {
            clientId = null;
        }
        origins = List.copyOf(origins);
        if ((issuer == null) != (clientId == null)) {
            throw new BadSettingException(
                    issuer == null ? "votelog.sign-in.issuer" : "votelog.sign-in.client-id",
                    "not set",
                    "votelog.sign-in.issuer and votelog.sign-in.client-id together, or neither");
        }
        if (issuer != null) {
            requireHttp("votelog.sign-in.issuer", issuer);
        }
        origins.forEach(origin -> requireHttp("votelog.sign-in.origins", origin));
        if (!List.of(scope.split(" ")).contains("openid")) {
            throw new BadSettingException(
                    "votelog.sign-in.scope", scope, "scopes with spaces between, openid among them");
        }
    }

    private static void requireHttp(String key, URI url) {
        boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
        if (!http || url.getHost() == null || url.getRawQuery() != null || url.getRawFragment() != null) {
            throw new BadSettingException(
                    key,
                    url.toString(),
                    "an http or https URL without query and fragment, such as https://login.example");
        }
    }
}
