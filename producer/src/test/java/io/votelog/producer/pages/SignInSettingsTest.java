// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.producer.BoundSettings;
import io.votelog.web.settings.BadSettingException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.NestedExceptionUtils;

class SignInSettingsTest {
    @Test
    void shouldReadWhereVotersSignIn() {
        SignInSettings signIn = BoundSettings.of(
                SignInSettings.class,
                Map.of(
                        "VOTELOG_SIGN_IN_ISSUER", "https://login.example",
                        "VOTELOG_SIGN_IN_CLIENT_ID", "ballot-page",
                        "VOTELOG_SIGN_IN_SCOPE", "openid vote",
                        "VOTELOG_SIGN_IN_ORIGINS", "https://tokens.example,https://keys.example",
                        "VOTELOG_SIGN_IN_PARAMETERS", "audience=https://vote.example,resource=urn:votes=1"));
        assertThat(signIn)
                .isEqualTo(new SignInSettings(
                        URI.create("https://login.example"),
                        "ballot-page",
                        "openid vote",
                        List.of(URI.create("https://tokens.example"), URI.create("https://keys.example")),
                        List.of("audience=https://vote.example", "resource=urn:votes=1")));
        assertThat(signIn.query()).isEqualTo("audience=https%3A%2F%2Fvote.example&resource=urn%3Avotes%3D1");
        assertThat(BoundSettings.of(SignInSettings.class, Map.of()))
                .isEqualTo(new SignInSettings(null, null, "openid", List.of(), List.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https://login.example | '' | openid | '' | '' | votelog.sign-in.client-id: not set | together, or neither",
                "'' | ballot-page | openid | '' | '' | votelog.sign-in.issuer: not set | together, or neither",
                "login.example | ballot-page | openid | '' | '' | votelog.sign-in.issuer: login.example | https://login.example",
                "https://other.example | ballot-page | openid | '' | '' | votelog.sign-in.issuer: https://other.example | the same as votelog.auth.issuer",
                "https://login.example | ballot-page | profile | '' | '' | votelog.sign-in.scope: profile | openid among them",
                "https://login.example | ballot-page | openid | ftp://x.example | '' | votelog.sign-in.origins: ftp://x.example | http or https",
                "https://login.example | ballot-page | openid | '' | audience | votelog.sign-in.parameters: audience | name=value",
                "https://login.example | ballot-page | openid | '' | audience=  | votelog.sign-in.parameters: audience= | name=value",
                "https://login.example | ballot-page | openid | '' | b=1,state=x | votelog.sign-in.parameters: state=x | none of"
            })
    void shouldRefuseASignInThatCannotWork(
            String issuer,
            String clientId,
            String scope,
            String origins,
            String parameters,
            String wrong,
            String right) {
        assertThatThrownBy(() -> BoundSettings.of(
                                SignInSettings.class,
                                Map.of(
                                        "VOTELOG_SIGN_IN_ISSUER", issuer,
                                        "VOTELOG_SIGN_IN_CLIENT_ID", clientId,
                                        "VOTELOG_SIGN_IN_SCOPE", scope,
                                        "VOTELOG_SIGN_IN_ORIGINS", origins,
                                        "VOTELOG_SIGN_IN_PARAMETERS", parameters))
                        .requireIssuer("https://login.example"))
                // The binder wraps exceptions of a record; a check that involves other settings throws its exception as
                // it is.
                .extracting(
                        NestedExceptionUtils::getMostSpecificCause,
                        InstanceOfAssertFactories.throwable(BadSettingException.class))
                .satisfies(bad -> {
                    assertThat(bad).hasMessageStartingWith(wrong);
                    assertThat(bad.allowed()).contains(right);
                });
    }
}
