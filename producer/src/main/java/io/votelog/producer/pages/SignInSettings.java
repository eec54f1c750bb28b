// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.pages;

import io.votelog.web.settings.BadSettingException;
import io.votelog.web.settings.CheckedAtStart;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where voters sign in on the ballot page: at an OpenID provider, or nowhere when there is no issuer.
 *
 * @param issuer the provider's identifier (OpenID Connect Discovery 1.0, section 3), below which {@code
 *     /.well-known/openid-configuration} is
 * @param clientId the page's client id at the provider; it is a public client
 * @param scope the scopes that are requested, {@code openid} among them
 * @param origins further origins at which the provider has endpoints that the page calls, such as the token endpoint
 * @param parameters further parameters of the requests for a sign-in and for a token, each {@code name=value}: some providers
 *     issue tokens for the gateway only when its {@code audience} is named, others its {@code resource} (RFC 8707)
 */
@ConfigurationProperties("votelog.sign-in")
public record SignInSettings(
        @Nullable URI issuer,
        @Nullable String clientId,
        @DefaultValue("openid") String scope,
        @DefaultValue List<URI> origins,
        @DefaultValue List<String> parameters)
        implements CheckedAtStart {
    private static final Pattern PARAMETER = Pattern.compile("([A-Za-z0-9._-]+)=(\\S.*)");

    /** Parameters that the page sets itself, or that do not belong in a browser. */
    private static final Set<String> RESERVED = Set.of(
            "client_id",
            "client_secret",
            "code",
            "code_challenge",
            "code_challenge_method",
            "code_verifier",
            "grant_type",
            "nonce",
            "redirect_uri",
            "request",
            "request_uri",
            "response_mode",
            "response_type",
            "scope",
            "state",
            "ui_locales");

    public SignInSettings {
        if (issuer != null && issuer.toString().isBlank()) {
            issuer = null;
        }
        if (clientId != null && clientId.isBlank()) {
            clientId = null;
        }
        origins = List.copyOf(origins);
        parameters = List.copyOf(parameters);
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
        parameters.forEach(SignInSettings::requireParameter);
    }

    /**
     * Requires that the provider's tokens are trusted.
     *
     * @param trusted what a token's issuer must be; null when it may be any
     */
    public void requireIssuer(@Nullable String trusted) {
        if (issuer != null && trusted != null && !issuer.toString().equals(trusted)) {
            throw new BadSettingException(
                    "votelog.sign-in.issuer",
                    issuer.toString(),
                    "the same as votelog.auth.issuer, %s: else no token from there is trusted".formatted(trusted));
        }
    }

    /** The parameters in the form of a query. */
    String query() {
        return parameters.stream()
                .map(PARAMETER::matcher)
                .filter(Matcher::matches)
                .map(parameter -> encoded(parameter.group(1)) + "=" + encoded(parameter.group(2)))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static void requireParameter(String text) {
        Matcher parameter = PARAMETER.matcher(text);
        if (!parameter.matches() || RESERVED.contains(parameter.group(1))) {
            throw new BadSettingException(
                    "votelog.sign-in.parameters",
                    text,
                    "name=value with commas between, such as audience=https://vote.example, and none of "
                            + RESERVED.stream().sorted().collect(Collectors.joining(", ")));
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
