// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.rules.Reason;
import io.votelog.schemas.BallotDefinition;
import io.votelog.streams.read.http.WebSettings.PublicUrls;
import io.votelog.streams.read.pages.ReceiptPage.Address;
import io.votelog.streams.read.receipts.ReceiptDocument;
import io.votelog.streams.read.receipts.ReceiptDocument.Annulled;
import io.votelog.streams.read.receipts.ReceiptDocument.Outcome;
import io.votelog.streams.read.results.Documents;
import io.votelog.web.pages.Content;
import io.votelog.web.pages.Language;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;

class ReceiptPageTest {
    private static final BallotDefinition LIVE = Documents.ballot("live");
    private static final String RECEIPT = "AAECAwQFBgcICQoLDA0ODwAAAAAAQIAAgAAAAAAAAAA";
    private static final UUID VOTE = UUID.fromString("00000000-0000-4080-8080-000000000000");
    private static final String AT = "2021-12-06T01:02:03.456Z";

    private final PageConfiguration configuration = new PageConfiguration();
    private final ReceiptPage page = page("https://results.example.org");

    @Test
    void shouldSayThatTheVoteCountsSinceWhenAndWhatToKeep() {
        String html = html(document(Outcome.ACCEPTED, null, AT, null), Language.ENGLISH);
        assertThat(html)
                .contains("<h1 id=\"verdict\">This vote counts</h1>", "class=\"verdict notice good\"")
                .contains("<time class=\"moment\" datetime=\"" + AT + "\">2021-12-06 01:02</time>", ">UTC</span>")
                .contains(">" + RECEIPT + "</code>", "partition 2, offset 17", VOTE.toString())
                .contains("href=\"https://results.example.org/ballots/golden/receipts/" + RECEIPT + "?lang=en\"")
                .contains("<svg class=\"qr\"", "<meta name=\"robots\" content=\"noindex\">")
                .doesNotContain("data-pending", "http-equiv", "og:", " style=");
        assertThat(html(document(Outcome.ACCEPTED, null, AT, null), Language.CHINESE))
                .contains("<html lang=\"zh\">", "这张选票已计入", "评选");
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void shouldSayInPlainWordsWhyAVoteDoesNotCount(Reason reason) {
        String html = html(document(Outcome.REJECTED, reason, null, null), Language.ENGLISH);
        assertThat(html)
                .contains("This vote does not count", "class=\"verdict notice bad\"", "<p class=\"reason\">Why: ")
                .doesNotContain(reason.name());
    }

    @Test
    void shouldTellOfAnAnnulmentWhoMadeItAndWhy() {
        Annulled annulled = new Annulled("<b>not entitled</b>", 99, "2021-12-07T00:00:00Z");
        assertThat(html(document(Outcome.ACCEPTED, null, AT, annulled), Language.ENGLISH))
                .contains("This vote was annulled", "&lt;b&gt;not entitled&lt;/b&gt;", "Annulled <time")
                .doesNotContain("<b>", "This vote counts");
    }

    @Test
    void shouldWaitForTheVerdictWithAndWithoutScripts() {
        ReceiptDocument pending = new ReceiptDocument(VOTE, Outcome.PENDING, null, null, 2, 17, null, null, null);
        assertThat(html(pending, Language.ENGLISH))
                .contains("This vote is being counted", " data-pending=", "<noscript><meta http-equiv=\"refresh\"");
    }

    @Test
    void shouldDoWithoutItsOwnAddress() {
        ReceiptPage without = new ReceiptPage(
                configuration.staticFiles(), configuration.pageWords(), new PublicUrls(null, null, null));
        assertThat(text(without.verdict(
                        LIVE.ballot(),
                        new Address("golden", RECEIPT, null),
                        document(Outcome.ACCEPTED, null, AT, null),
                        Language.ENGLISH)))
                .contains("This vote counts", RECEIPT)
                .doesNotContain("<svg", "Address:", "Check the proof");
    }

    @Test
    void shouldLeadToThePageThatChecksTheProofOfThisVeryVote() {
        String place = "#ballot=golden&amp;receipt=" + RECEIPT + "&amp;partition=2&amp;offset=17";
        assertThat(html(document(Outcome.ACCEPTED, null, AT, null), Language.ENGLISH))
                .contains("href=\"https://sealed.example/check" + place + "\"", "Check the proof")
                .contains("href=\"/v1/ballots/golden/receipts/" + RECEIPT
                        + "/proof?offset=17\" download=\"proof-golden.json\"");
    }

    @Test
    void shouldKeepTheOffsetInItsAddresses() {
        String html = text(page.verdict(
                LIVE.ballot(),
                new Address("golden", RECEIPT, "17"),
                document(Outcome.REJECTED, Reason.CLOSED, null, null),
                Language.ENGLISH));
        assertThat(html)
                .contains("href=\"/ballots/golden/receipts/" + RECEIPT + "?offset=17&amp;lang=zh\"")
                .contains("receipts/" + RECEIPT + "?offset=17&amp;lang=en\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "malformed-receipt",
                "malformed-offset",
                "unknown-receipt",
                "offset-needed",
                "moving",
                "too-many-requests"
            })
    void shouldSayWhyNothingCanBeTold(String code) {
        for (Language language : Language.values()) {
            String html = text(page.nothing(LIVE.ballot(), code, "\"<x>", "/other", language));
            assertThat(html)
                    .contains("class=\"verdict notice warning\"", "value=\"&quot;&lt;x&gt;\"", "href=\"/other\"")
                    .doesNotContain(code + ".title", "<x>", "id=\"keep\"");
        }
        assertThat(text(page.nothing(LIVE.ballot(), null, null, "/other", Language.ENGLISH)))
                .contains("Look up a receipt</h1>", "value=\"\"");
    }

    @Test
    void shouldFindTheReceiptInWhatPeopleEnter() {
        Optional<Address> bare = Optional.of(new Address("golden", RECEIPT, null));
        assertThat(entered(RECEIPT)).isEqualTo(bare);
        assertThat(entered(" " + RECEIPT.substring(0, 20) + "\r\n  " + RECEIPT.substring(20) + "\t"))
                .isEqualTo(bare);
        assertThat(entered("https://r.example/v1/ballots/golden/receipts/" + RECEIPT))
                .isEqualTo(bare);
        assertThat(entered("https://r.example/ballots/golden/receipts/" + RECEIPT + "?lang=zh#x"))
                .isEqualTo(bare);
        Optional<Address> at = Optional.of(new Address("golden", RECEIPT, "17"));
        assertThat(entered("https://r.example/v1/ballots/golden/receipts/" + RECEIPT + "?offset=17"))
                .isEqualTo(at);
        assertThat(entered("r.example/ballots/golden/receipts/" + RECEIPT + "?lang=zh&offset=17&x=1"))
                .isEqualTo(at);
        for (String none : new String[] {
            "",
            "x",
            RECEIPT + "A",
            RECEIPT.substring(1),
            "/receipts/short",
            "/receipts/" + RECEIPT + "A",
            "!".repeat(43),
            "A".repeat(5_000)
        }) {
            assertThat(entered(none)).as(none).isEmpty();
        }
    }

    private static Optional<Address> entered(String text) {
        return ReceiptPageController.addressIn("golden", text);
    }

    private ReceiptPage page(String streams) {
        return new ReceiptPage(
                configuration.staticFiles(),
                configuration.pageWords(),
                new PublicUrls(null, URI.create(streams), URI.create("https://sealed.example")));
    }

    private static ReceiptDocument document(
            Outcome outcome, @Nullable Reason reason, @Nullable String acceptedAt, @Nullable Annulled annulled) {
        return new ReceiptDocument(VOTE, outcome, reason, "detail", 2, 17, AT, acceptedAt, annulled);
    }

    private String html(ReceiptDocument document, Language language) {
        return text(page.verdict(LIVE.ballot(), new Address("golden", RECEIPT, null), document, language));
    }

    private static String text(Content content) {
        byte[] body = Objects.requireNonNull(
                content.answer(new HttpHeaders(), null, Duration.ZERO).getBody());
        return new String(body, StandardCharsets.UTF_8);
    }
}
