// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.votelog.infra.local.PagesSystem.pick;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.infra.testing.browser.Browser;
import io.votelog.infra.testing.browser.Browser.Screen;
import io.votelog.infra.testing.browser.Browser.Visitor;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Voters who sign in at an OpenID provider, in a browser, against the whole system. */
@WholeSystem
class SignInIT {
    private static final String BALLOT = "/ballots/gz-customs-2021";

    @RegisterExtension
    static final PagesSystem SYSTEM = new PagesSystem(SignInIT::start);

    private static Browser browser;
    private static OpenIdProvider provider;
    private static Running up;

    private static Running start(Path dir) throws Exception {
        int offset = Running.freeOffset();
        provider = OpenIdProvider.start(URI.create("http://127.0.0.1:" + (8080 + offset)));
        return Running.startAt(dir, offset, provider.settings());
    }

    @BeforeAll
    static void take() {
        browser = SYSTEM.browser();
        up = SYSTEM.up();
    }

    @AfterAll
    static void stop() {
        if (provider != null) {
            provider.close();
        }
    }

    @Test
    void shouldTakeTheVoteOfWhoSignsIn() throws Exception {
        String user = provider.newUser();
        Visitor voter = visitor();
        Page page = voter.open(up.ballotPage(BALLOT));
        assertThat(page.locator("#voter")).containsText("You sign in before your vote is sent.");
        pick(page, "01");
        pick(page, "25");
        assertThat(page.locator("#send")).hasText("Sign in to send");
        Browser.assertAccessible(page);
        Request asked = page.waitForRequest(Pattern.compile(".*/oauth2/authorize\\?.*"), () -> page.locator("#send")
                .click());
        assertThat(asked.url())
                .startsWith(provider.issuer())
                .contains("response_type=code", "code_challenge=", "code_challenge_method=S256", "state=", "nonce=")
                .contains("scope=openid+profile", "ui_locales=en", "audience=https%3A%2F%2Fvotes.example");
        logIn(page, user);
        page.locator("#allow").click();

        // Back where they were, with what they had picked, and asked what they had been about to be asked.
        assertThat(page.locator("#confirm")).isVisible();
        assertThat(page).hasURL(up.ballotPage(BALLOT));
        assertThat(page.locator("#confirm-picks li")).hasCount(2);
        assertSignedIn(page, user);
        Browser.assertAccessible(page);
        long received = up.turnout("received");
        page.locator("#confirm-send").click();
        assertCounted(page);
        Browser.assertAccessible(page);
        up.awaitTurnoutReceived(received + 1);
        assertThat(page.evaluate("JSON.stringify(localStorage)").toString()).doesNotContain("eyJ");

        page.reload();
        assertThat(page.locator("#outcome-title")).hasText("You have voted");
        assertThat(voter.complaints()).isEmpty();
    }

    @Test
    void shouldKeepPicksInTheBrowserAndTheSignInInItsTab() {
        String user = provider.newUser();
        Visitor voter = visitor();
        Page page = voter.open(up.ballotPage(BALLOT));
        pick(page, "02");
        signIn(page, user);
        assertSignedIn(page, user);
        assertThat(page.locator("#confirm")).isHidden();
        assertPicked(page, "02");

        page.reload();
        assertSignedIn(page, user);
        assertPicked(page, "02");

        Page other = voter.open(up.ballotPage(BALLOT));
        assertSignedOut(other);
        assertPicked(other, "02");
        // The provider still knows them.
        other.locator("#voter button").click();
        assertSignedIn(other, user);
        assertThat(voter.complaints()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"en, You are not signed in: it was cancelled", "zh, 您没有登录：登录已取消"})
    void shouldSayPlainlyThatASignInWasRefused(String language, String sentence) {
        Visitor voter = visitor();
        String ballot = up.ballotPage(BALLOT + "?lang=" + language);
        Page page = voter.open(ballot);
        pick(page, "03");
        page.locator("#voter button").click();
        logIn(page, provider.newUser());
        page.locator("#refuse").click();

        assertThat(page.locator("#said")).containsText(sentence);
        assertThat(page.locator("html")).hasAttribute("lang", language);
        assertThat(page).hasURL(up.ballotPage("/sign-in?lang=" + language));
        Browser.assertAccessible(page);
        Browser.assertFits(page);
        page.locator("#back").click();
        assertThat(page).hasURL(ballot);
        assertThat(page.locator("#send")).isVisible();
        assertPicked(page, "03");
        assertThat(voter.complaints()).isEmpty();
    }

    /** Else somebody could have others vote, or see their vote, as the one that the other signed in. */
    @Test
    void shouldRefuseTheAnswerToSomebodyElsesSignIn() {
        Page attacker = visitor().open(up.ballotPage(BALLOT));
        attacker.locator("#voter button").click();
        logIn(attacker, provider.newUser());
        attacker.route(Pattern.compile(".*/sign-in\\?.*"), Route::abort);
        Request answer = attacker.waitForRequest(Pattern.compile(".*/sign-in\\?.*"), () -> attacker.locator("#allow")
                .click());
        assertThat(answer.url()).contains("code=", "state=");

        Visitor voter = visitor();
        Page page = voter.open(up.ballotPage(BALLOT));
        pick(page, "04");
        page.locator("#voter button").click();
        assertThat(page.locator("input[name=username]")).isVisible();
        page.navigate(answer.url());
        assertThat(page.locator("#said")).containsText("This sign-in was begun in another window");
        Browser.assertAccessible(page);
        page.locator("#back").click();
        assertSignedOut(page);
        assertPicked(page, "04");

        // Nor where nothing was begun at all.
        page.navigate(answer.url());
        assertThat(page.locator("#said")).containsText("This sign-in was begun in another window");
        page.navigate(up.ballotPage("/sign-in"));
        assertThat(page.locator("#said")).hasText("There is no sign-in to complete here.");
        Browser.assertAccessible(page);
        assertThat(voter.complaints()).isEmpty();
    }

    @Test
    void shouldRenewASignInThatHasExpiredBeforeTheVoteIsSent() {
        String user = provider.newUser();
        provider.shortenNextToken(user, Duration.ofSeconds(15));
        Visitor voter = visitor();
        Page page = voter.open(up.ballotPage(BALLOT));
        pick(page, "05");
        pick(page, "30");
        signIn(page, user);
        assertThat(page).hasURL(up.ballotPage(BALLOT));
        assertThat(page.locator("#send")).isVisible();
        // Ten seconds early, since the vote is still to be sent.
        page.waitForFunction("() => JSON.parse(sessionStorage['votelog:token']).expiresAt - 10000 < Date.now()");
        page.locator("#send").click();
        assertThat(page.locator("#confirm")).isVisible();
        assertThat(page.locator("#confirm-picks li")).hasCount(2);
        page.locator("#confirm-send").click();
        assertCounted(page);
        assertThat(voter.complaints()).isEmpty();
    }

    @Test
    void shouldRenewASignInThatTheGatewayRefuses() {
        String user = provider.newUser();
        Visitor voter = visitor();
        Page page = voter.open(up.ballotPage(BALLOT));
        pick(page, "06");
        pick(page, "31");
        signIn(page, user);
        assertSignedIn(page, user);
        page.evaluate(
                """
                () => {
                  const kept = JSON.parse(sessionStorage["votelog:token"]);
                  sessionStorage["votelog:token"] = JSON.stringify({ ...kept, token: kept.token.slice(0, -8) });
                }""");
        page.locator("#send").click();
        page.locator("#confirm-send").click();
        assertThat(page.locator("#outcome-title")).hasText("Please sign in again");
        Browser.assertAccessible(page);

        // Nothing has arrived, so what is sent in the end is what is picked in the end.
        page.locator("label[for=choice-31]").click();
        pick(page, "32");
        page.locator("#outcome button").click();
        assertThat(page.locator("#confirm")).isVisible();
        assertThat(page.locator("#confirm-picks li")).hasCount(2);
        assertThat(page.locator("#confirm-picks")).containsText("32");
        page.locator("#confirm-send").click();
        assertCounted(page);
        assertThat(voter.complaints()).allMatch(complaint -> complaint.contains("status of 401"));
    }

    @Test
    void shouldSignOutForWhoeverComesNext() {
        String first = provider.newUser();
        Visitor voter = visitor();
        Page page = voter.open(up.ballotPage(BALLOT + "?lang=en"));
        pick(page, "07");
        signIn(page, first);
        assertSignedIn(page, first);
        page.locator("#voter button").click();
        assertSignedOut(page);
        assertThat(page).hasURL(up.ballotPage(BALLOT + "?lang=en"));
        assertThat(page.locator("#count")).hasText("0 of 10 picked.");

        String second = provider.newUser();
        signIn(page, second);
        assertSignedIn(page, second);
        assertThat(voter.complaints()).isEmpty();
    }

    @Test
    void shouldSayThatTheProviderIsAway() {
        Page page = visitor().open(up.ballotPage(BALLOT));
        pick(page, "08");
        page.route(provider.issuer() + "/**", Route::abort);
        page.locator("#voter button").click();
        assertThat(page.locator("#outcome-title")).hasText("Signing in is not possible at the moment");
        Browser.assertAccessible(page);
        page.unroute(provider.issuer() + "/**");
        page.locator("#voter button").click();
        assertThat(page.locator("input[name=username]")).isVisible();
    }

    private static Visitor visitor() {
        return browser.visitor(Screen.PHONE, ColorScheme.LIGHT, "en-GB");
    }

    /** From the ballot's page through all that the provider asks. */
    private static void signIn(Page page, String user) {
        page.locator("#voter button").click();
        logIn(page, user);
        page.locator("#allow").click();
    }

    private static void logIn(Page page, String user) {
        page.locator("input[name=username]").fill(user);
        page.locator("input[name=password]").fill(OpenIdProvider.PASSWORD);
        page.locator("button[type=submit]").click();
    }

    private static void assertPicked(Page page, String option) {
        Locator picked = page.locator("input[name=choice]:checked");
        assertThat(picked).hasCount(1);
        assertThat(picked).hasValue(option);
    }

    private static void assertSignedIn(Page page, String user) {
        assertThat(page.locator("#voter")).containsText("You are signed in as " + OpenIdProvider.nameOf(user) + ".");
    }

    private static void assertSignedOut(Page page) {
        assertThat(page.locator("#voter")).containsText("You sign in before your vote is sent.");
    }

    private static void assertCounted(Page page) {
        assertThat(page.locator("#outcome-title")).hasText("Your vote counts");
    }
}
