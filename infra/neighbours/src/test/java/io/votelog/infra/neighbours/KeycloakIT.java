// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.neighbours;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.votelog.infra.system.FreePorts;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.infra.testing.browser.Browser;
import io.votelog.infra.testing.browser.Browser.Screen;
import io.votelog.infra.testing.browser.Browser.Visitor;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Voters who sign in at Keycloak, with the realm that operators are told to begin with. */
@WholeSystem
class KeycloakIT {
    /** How far clocks may be apart, as producer/API.md has it. */
    private static final Duration SKEW = Duration.ofSeconds(30);

    /** Longer than a gateway waits before it asks again for keys that it does not know, ten seconds. */
    private static final Duration ASKS_AGAIN = Duration.ofSeconds(40);

    private static final JsonMapper JSON = new JsonMapper();

    private static Keycloak keycloak;
    private static SmallSystem system;

    private static final AtomicInteger PRIORITY = new AtomicInteger(200);

    @BeforeAll
    static void start(@TempDir Path dir) throws Exception {
        FreePorts ports = new FreePorts();
        SmallSystem planned = new SmallSystem(dir, ports);
        keycloak = Keycloak.start(dir, ports, planned.gateway());
        // The database of its development mode may lose the last second when it is killed.
        keycloak.addUser("voter-flo");
        system = planned.start(keycloak.settings());
    }

    @AfterAll
    static void stop() {
        if (system != null) {
            system.close();
        }
        if (keycloak != null) {
            keycloak.close();
        }
    }

    @Test
    void shouldTakeTheVoteOfWhoSignsInOnThePage() throws Exception {
        keycloak.addUser("voter-ann");
        try (Browser browser = Browser.start()) {
            PlaywrightAssertions.setDefaultAssertionTimeout(30_000);
            Visitor voter = browser.visitor(Screen.PHONE, ColorScheme.LIGHT, "en-GB");
            Page page = voter.open(system.gateway() + "/ballots/" + SmallSystem.BALLOT);
            for (String option : List.of("01", "25")) {
                page.locator("label[for=choice-%s]".formatted(option)).click();
            }
            page.locator("#send").click();
            page.locator("#username").fill("voter-ann");
            page.locator("#password").fill(Keycloak.PASSWORD);
            page.locator("#kc-login").click();
            assertThat(page.locator("#voter")).containsText("You are signed in as voter-ann Voter.");
            page.locator("#confirm-send").click();
            assertThat(page.locator("#outcome-title")).hasText("Your vote counts");
            page.reload();
            assertThat(page.locator("#outcome-title")).hasText("You have voted");

            // Who signs out here is signed out there too.
            page.locator("#voter button").click();
            assertThat(page.locator("#voter")).containsText("You sign in before your vote is sent.");
            page.locator("#voter button").click();
            assertThat(page.locator("#username")).isVisible();
            page.navigate(system.gateway() + "/ballots/" + SmallSystem.BALLOT);
            assertThat(voter.complaints()).isEmpty();
        }
        // The same person by another client of the realm is the same voter.
        JsonNode again = system.cast(keycloak.token("voter-ann"), "02", "26");
        assertThat(system.verdict(again).path("reason").stringValue()).isEqualTo("ALREADY_VOTED");
    }

    @Test
    void shouldTakeTheVoteOfATokenAndTellItsHolder() throws Exception {
        keycloak.addUser("voter-bo");
        String token = keycloak.token("voter-bo");
        assertThat(claims(token).path("aud").valueStream().map(JsonNode::stringValue))
                .containsExactlyInAnyOrder(system.gateway().toString(), "https://other.example");
        JsonNode vote = system.cast(token, "01", "25");
        assertThat(system.verdict(vote).path("status").stringValue()).isEqualTo("accepted");
        HttpResponse<String> mine = system.myVote(token);
        assertThat(mine.statusCode()).as(mine.body()).isEqualTo(303);
        assertThat(system.get(mine.headers().firstValue("Location").orElseThrow())
                        .path("voteId"))
                .isEqualTo(vote.path("voteId"));
    }

    @Test
    void shouldRefuseTokensThatAreForOthers() throws Exception {
        keycloak.addUser("voter-cy");
        keycloak.addClient("shop", "https://shop.example", "https://other.example");
        assertRefused(keycloak.tokenBy("shop", "voter-cy"), "the claim aud must hold " + system.gateway());
        keycloak.addClient("none");
        assertRefused(keycloak.tokenBy("none", "voter-cy"), "the claim aud must hold " + system.gateway());
        assertThat(system.myVote(keycloak.token("voter-cy")).statusCode()).isEqualTo(303);
    }

    @Test
    void shouldFollowItsKeys() throws Exception {
        keycloak.addUser("voter-di");
        keycloak.addUser("voter-ed");
        String first = keycloak.token("voter-di");
        assertThat(system.myVote(first).statusCode()).isEqualTo(303);
        String before = keycloak.firstKey();

        keycloak.rotateKeys(PRIORITY.incrementAndGet());
        String second = keycloak.token("voter-ed");
        assertThat(header(second).path("kid")).isNotEqualTo(header(first).path("kid"));
        await().atMost(ASKS_AGAIN)
                .untilAsserted(
                        () -> assertThat(system.myVote(second).statusCode()).isEqualTo(303));
        assertThat(system.verdict(system.cast(second, "03", "27"))
                        .path("status")
                        .stringValue())
                .isEqualTo("accepted");
        assertThat(system.verdict(system.cast(first, "04", "28")).path("status").stringValue())
                .as("the old key is still published")
                .isEqualTo("accepted");

        // A key that was stolen is taken away, and with it go the tokens that it has signed.
        keycloak.deleteKey(before);
        keycloak.rotateKeys(PRIORITY.incrementAndGet());
        String third = keycloak.token("voter-ed");
        await().atMost(ASKS_AGAIN)
                .untilAsserted(
                        () -> assertThat(system.myVote(third).statusCode()).isEqualTo(303));
        assertRefused(first, "the provider has no key with the token's kid for its algorithm");
        assertThat(system.myVote(second).statusCode()).isEqualTo(303);
    }

    @Test
    void shouldGoOnWithoutItAndWaitForIt() throws Exception {
        String token = keycloak.token("voter-flo");
        assertThat(system.myVote(token).statusCode()).isEqualTo(303);

        keycloak.kill();
        assertThat(system.verdict(system.cast(token, "05", "29")).path("status").stringValue())
                .as("its keys are known")
                .isEqualTo("accepted");
        system.restartGateway();
        HttpResponse<String> answer = system.myVote(token);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();

        keycloak.start();
        keycloak.awaitReady();
        await().atMost(ASKS_AGAIN)
                .untilAsserted(
                        () -> assertThat(system.myVote(token).statusCode()).isEqualTo(303));
        assertThat(system.myVote(keycloak.token("voter-flo")).statusCode()).isEqualTo(303);
    }

    @Test
    void shouldTakeTokensThatExpiredWithinTheSkewOfClocks() throws Exception {
        keycloak.addUser("voter-gus");
        keycloak.addClient("brief", system.gateway().toString());
        keycloak.setTokenLife("brief", Duration.ofSeconds(5));
        String token = keycloak.tokenBy("brief", "voter-gus");
        JsonNode claims = claims(token);
        assertThat(claims.has("nbf")).as("Keycloak sets none").isFalse();
        Instant expires = Instant.ofEpochSecond(claims.path("exp").longValue());
        assertThat(expires).isBetween(Instant.now(), Instant.now().plusSeconds(6));

        await().atMost(Duration.ofSeconds(20)).until(() -> Instant.now().isAfter(expires.plusSeconds(3)));
        assertThat(system.myVote(token).statusCode())
                .as("expired, within the skew")
                .isEqualTo(303);
        await().atMost(SKEW.multipliedBy(2))
                .until(() -> Instant.now().isAfter(expires.plus(SKEW).plusSeconds(1)));
        assertRefused(token, "the token expired at " + expires);
    }

    /** What makes two users one is the issuer's business: a name that is given to a new account is another voter. */
    @Test
    void shouldTellVotersApartByTheSubjectAlone() throws Exception {
        String id = keycloak.addUser("voter-hal");
        String token = keycloak.token("voter-hal");
        assertThat(claims(token).path("sub").stringValue()).isEqualTo(id);
        assertThat(system.verdict(system.cast(token, "06", "30")).path("status").stringValue())
                .isEqualTo("accepted");
        keycloak.deleteUser(id);
        assertThat(system.myVote(token).statusCode())
                .as("the token is good until it expires")
                .isEqualTo(303);

        assertThat(keycloak.addUser("voter-hal")).isNotEqualTo(id);
        assertThat(system.verdict(system.cast(keycloak.token("voter-hal"), "06", "30"))
                        .path("status")
                        .stringValue())
                .isEqualTo("accepted");
    }

    private static void assertRefused(String token, String why) throws Exception {
        HttpResponse<String> answer = system.vote(token, "01", "25");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(401);
        assertThat(JSON.readTree(answer.body()).path("detail").stringValue()).contains(why);
    }

    private static JsonNode header(String token) {
        return part(token, 0);
    }

    private static JsonNode claims(String token) {
        return part(token, 1);
    }

    private static JsonNode part(String token, int number) {
        return JSON.readTree(
                new String(Base64.getUrlDecoder().decode(token.split("\\.")[number]), StandardCharsets.UTF_8));
    }
}
