package io.votelog.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.web.limits.ClientLimits;
import io.votelog.web.limits.ForwardingHeader;
import io.votelog.web.settings.BadSettingException;
import io.votelog.web.settings.HstsSettings;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class ProducerSettingsTest {
    @Test
    void shouldReadTheEnvironmentVariablesThatTheReadmeNames() {
        ProducerSettings settings = bound(Map.of(
                "VOTELOG_PEPPER", Gateway.PEPPER,
                "VOTELOG_AUTH_HS256_SECRET", Gateway.SECRET,
                "VOTELOG_LOG_PRIVATE_KEY", Gateway.PRIVATE_KEY,
                "VOTELOG_LOG_PUBLIC_KEYS", "one,two",
                "VOTELOG_HSTS_MAX_AGE", "1d",
                "VOTELOG_HSTS_INCLUDE_SUBDOMAINS", "true",
                "VOTELOG_PUBLIC_URLS_STREAMS", "https://results.example/",
                "VOTELOG_CORS_ALLOWED_ORIGINS", "https://a.example,https://b.example"));
        assertThat(settings.pepper()).isEqualTo(Gateway.PEPPER);
        assertThat(settings.auth().hs256Secret()).isEqualTo(Gateway.SECRET);
        assertThat(settings.log().privateKey()).isEqualTo(Gateway.PRIVATE_KEY);
        assertThat(settings.log().publicKeys()).containsExactly("one", "two");
        assertThat(settings.dev().tokens()).isFalse();
        assertThat(settings.hsts()).isEqualTo(new HstsSettings(Duration.ofDays(1), true));
        assertThat(settings.publicUrls().streams()).isEqualTo(URI.create("https://results.example/"));
        assertThat(settings.cors().allowedOrigins()).containsExactly("https://a.example", "https://b.example");
    }

    @Test
    void shouldShowNoSecret() {
        ProducerSettings settings = bound(Map.of(
                "VOTELOG_PEPPER", Gateway.PEPPER,
                "VOTELOG_AUTH_HS256_SECRET", Gateway.SECRET,
                "VOTELOG_LOG_PRIVATE_KEY", Gateway.PRIVATE_KEY));
        assertThat(settings.toString()).doesNotContain(Gateway.PEPPER, Gateway.SECRET, Gateway.PRIVATE_KEY);
    }

    @Test
    void shouldListenOnThisMachineAloneWithDevelopmentTokens() {
        assertThat(address(Map.of("votelog.dev.tokens", "true"))).isEqualTo("127.0.0.1");
        assertThat(address(Map.of("votelog.dev.tokens", "true", "server.address", "10.0.0.1")))
                .isEqualTo("10.0.0.1");
        assertThat(address(Map.of())).isEqualTo("not set");
    }

    @Test
    void shouldGiveDevelopmentTokensBesideAProviderOnThisMachine() {
        ProducerSettings settings = bound(Map.of(
                "VOTELOG_AUTH_HS256_SECRET", Gateway.SECRET,
                "VOTELOG_DEV_TOKENS", "true",
                "VOTELOG_AUTH_JWK_SET_URI", "http://127.0.0.1:9000/keys",
                "VOTELOG_AUTH_ISSUER", "http://localhost:9000",
                "VOTELOG_AUTH_AUDIENCE", "votelog",
                "VOTELOG_SIGN_IN_ISSUER", "http://localhost:9000",
                "VOTELOG_SIGN_IN_CLIENT_ID", "page",
                "VOTELOG_CORS_ALLOWED_ORIGINS", "http://localhost:8081,http://127.0.0.1:8081"));
        assertThat(settings.dev().tokens()).isTrue();
    }

    @Test
    void shouldHaveLimitsThatFitACrowdBehindOneAddress() {
        Limits limits =
                bound(Map.of("VOTELOG_AUTH_HS256_SECRET", Gateway.SECRET)).limits();
        assertThat(limits)
                .isEqualTo(new Limits(
                        new Limits.User(new BigDecimal("10"), 100),
                        new Limits.Address(new BigDecimal("1000"), 5000),
                        new Limits.Votes(5, Duration.ofMinutes(10)),
                        new Limits.Retries(100, Duration.ofMinutes(1))));
        ClientLimits clients = clientLimits(Map.of());
        assertThat(clients.header()).isEqualTo(ForwardingHeader.X_FORWARDED_FOR);
        assertThat(clients.trustedProxies()).isEmpty();
        assertThat(clients.address().ipv6Prefix()).isEqualTo(64);
    }

    @Test
    void shouldReadLimits() {
        Map<String, Object> variables = Map.of(
                "VOTELOG_AUTH_HS256_SECRET", Gateway.SECRET,
                "VOTELOG_LIMITS_USER_RATE", "0.5",
                "VOTELOG_LIMITS_USER_BURST", "7",
                "VOTELOG_LIMITS_ADDRESS_RATE", "0",
                "VOTELOG_LIMITS_ADDRESS_BURST", "1",
                "VOTELOG_LIMITS_ADDRESS_IPV6_PREFIX", "56",
                "VOTELOG_LIMITS_VOTES_BURST", "3",
                "VOTELOG_LIMITS_VOTES_EVERY", "90s",
                "VOTELOG_LIMITS_TRUSTED_PROXIES", "10.0.0.0/8, 2001:db8::1",
                "VOTELOG_LIMITS_FORWARDED_HEADER", "forwarded");
        Limits limits = bound(variables).limits();
        assertThat(limits.user()).isEqualTo(new Limits.User(new BigDecimal("0.5"), 7));
        assertThat(limits.address()).isEqualTo(new Limits.Address(new BigDecimal("0"), 1));
        assertThat(limits.votes()).isEqualTo(new Limits.Votes(3, Duration.ofSeconds(90)));
        assertThat(bound(Map.of(
                                "VOTELOG_AUTH_HS256_SECRET", Gateway.SECRET,
                                "VOTELOG_LIMITS_RETRIES_BURST", "30",
                                "VOTELOG_LIMITS_RETRIES_EVERY", "2s"))
                        .limits()
                        .retries())
                .isEqualTo(new Limits.Retries(30, Duration.ofSeconds(2)));
        assertThat(bound(Map.of("VOTELOG_AUTH_HS256_SECRET", Gateway.SECRET, "VOTELOG_LIMITS_VOTES_EVERY", "0"))
                        .limits()
                        .votes()
                        .every())
                .isZero();
        ClientLimits clients = clientLimits(variables);
        assertThat(clients.trustedProxies()).containsExactly("10.0.0.0/8", "2001:db8::1");
        assertThat(clients.header()).isEqualTo(ForwardingHeader.FORWARDED);
        assertThat(clients.address().ipv6Prefix()).isEqualTo(56);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "USER_RATE | -1 | votelog.limits.user.rate: -1 | 0 for no limit, or 0.001 to 100000",
                "USER_RATE | 0.0001 | votelog.limits.user.rate: 0.0001 | at most 3 digits after the point",
                "USER_RATE | 1e-999999999 | votelog.limits.user.rate: 1E-999999999 | at most 3 digits after the point",
                "USER_RATE | 0.001 | votelog.limits.user.burst: 100 | votelog.limits.user.rate, 0.001 a second, gives back in 86400 s",
                "USER_BURST | 0 | votelog.limits.user.burst: 0 | 1 to 1000000",
                "ADDRESS_RATE | 100001 | votelog.limits.address.rate: 100001 | 0 for no limit, or 0.001 to 100000",
                "ADDRESS_BURST | 1000001 | votelog.limits.address.burst: 1000001 | 1 to 1000000",
                "ADDRESS_IPV6_PREFIX | 31 | votelog.limits.address.ipv6-prefix: 31 | 32 to 128",
                "ADDRESS_IPV6_PREFIX | 129 | votelog.limits.address.ipv6-prefix: 129 | 32 to 128",
                "VOTES_BURST | 0 | votelog.limits.votes.burst: 0 | 1 to 1000000",
                "VOTES_EVERY | -1s | votelog.limits.votes.every: PT-1S | 0 for no limit, or 1s and more",
                "VOTES_EVERY | 999ms | votelog.limits.votes.every: PT0.999S | 0 for no limit, or 1s and more",
                "VOTES_EVERY | 5h | votelog.limits.votes.every: PT5H | of which votelog.limits.votes.burst, 5, make at most 86400 s",
                "RETRIES_BURST | 1000001 | votelog.limits.retries.burst: 1000001 | 1 to 1000000",
                "RETRIES_EVERY | 15m | votelog.limits.retries.every: PT15M | of which votelog.limits.retries.burst, 100, make at most 86400 s",
                "TRUSTED_PROXIES | ::1,proxy.example | votelog.limits.trusted-proxies: 'proxy.example' is no address | no names",
                "TRUSTED_PROXIES | 0.0.0.0/0 | votelog.limits.trusted-proxies: '0.0.0.0/0' needs a length of 1 to 32 | 10.0.0.0/8",
                "FORWARDED_HEADER | X-Real-IP | votelog.limits.forwarded-header: X-Real-IP | X-Forwarded-For or Forwarded"
            })
    void shouldRefuseABadLimit(String key, String value, String wrong, String right) {
        Map<String, Object> variables =
                Map.of("VOTELOG_AUTH_HS256_SECRET", Gateway.SECRET, "VOTELOG_LIMITS_" + key, value);
        assertThatThrownBy(() -> {
                    bound(variables);
                    clientLimits(variables);
                })
                .rootCause()
                .isInstanceOfSatisfying(BadSettingException.class, bad -> {
                    assertThat(bad).hasMessageStartingWith(wrong);
                    assertThat(bad.allowed()).contains(right);
                });
    }

    @Test
    void shouldReadWhereVotersSignIn() {
        SignInSettings signIn = bound(Map.of(
                        "VOTELOG_AUTH_HS256_SECRET", Gateway.SECRET,
                        "VOTELOG_AUTH_ISSUER", "https://login.example",
                        "VOTELOG_SIGN_IN_ISSUER", "https://login.example",
                        "VOTELOG_SIGN_IN_CLIENT_ID", "ballot-page",
                        "VOTELOG_SIGN_IN_SCOPE", "openid vote",
                        "VOTELOG_SIGN_IN_ORIGINS", "https://tokens.example,https://keys.example",
                        "VOTELOG_SIGN_IN_PARAMETERS", "audience=https://vote.example,resource=urn:votes=1"))
                .signIn();
        assertThat(signIn)
                .isEqualTo(new SignInSettings(
                        URI.create("https://login.example"),
                        "ballot-page",
                        "openid vote",
                        List.of(URI.create("https://tokens.example"), URI.create("https://keys.example")),
                        List.of("audience=https://vote.example", "resource=urn:votes=1")));
        assertThat(signIn.query()).isEqualTo("audience=https%3A%2F%2Fvote.example&resource=urn%3Avotes%3D1");
        assertThat(bound(Map.of("VOTELOG_AUTH_HS256_SECRET", Gateway.SECRET)).signIn())
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
        assertThatThrownBy(() -> bound(Map.of(
                        "VOTELOG_AUTH_HS256_SECRET", Gateway.SECRET,
                        "VOTELOG_AUTH_ISSUER", "https://login.example",
                        "VOTELOG_SIGN_IN_ISSUER", issuer,
                        "VOTELOG_SIGN_IN_CLIENT_ID", clientId,
                        "VOTELOG_SIGN_IN_SCOPE", scope,
                        "VOTELOG_SIGN_IN_ORIGINS", origins,
                        "VOTELOG_SIGN_IN_PARAMETERS", parameters)))
                .rootCause()
                .isInstanceOfSatisfying(BadSettingException.class, bad -> {
                    assertThat(bad).hasMessageStartingWith(wrong);
                    assertThat(bad.allowed()).contains(right);
                });
    }

    private static String address(Map<String, Object> settings) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("settings", settings));
        new LocalAddress().postProcessEnvironment(environment, new SpringApplication());
        return environment.getProperty("server.address", "not set");
    }

    private static ProducerSettings bound(Map<String, Object> variables) {
        return binder(variables).bindOrCreate("votelog", ProducerSettings.class);
    }

    private static ClientLimits clientLimits(Map<String, Object> variables) {
        return binder(variables).bindOrCreate("votelog.limits", ClientLimits.class);
    }

    private static Binder binder(Map<String, Object> variables) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                new LinkedHashMap<>(variables)));
        return Binder.get(environment);
    }
}
