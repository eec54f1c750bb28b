// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.web.pages.BallotList.Entry;
import io.votelog.web.pages.BallotList.Stage;
import io.votelog.web.pages.Language.Said;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;

class BallotListTest {
    private static final Instant DAY = Instant.parse("2030-03-01T00:00:00Z");

    private final BallotList list = new BallotList(StaticFiles.common("/files/"));

    @Test
    void shouldShowWhatIsOpenThenWhatComesThenWhatIsOver() {
        String html = html(
                List.of(
                        entry("over-long-ago", Stage.OVER, 1, 2),
                        entry("later", Stage.COMING, 30, 40),
                        entry("open-longer", Stage.OPEN, 9, 20),
                        entry("over-lately", Stage.OVER, 3, 8),
                        entry("soon", Stage.COMING, 11, 50),
                        entry("open", Stage.OPEN, 9, 12)),
                Language.ENGLISH);
        assertThat(found(html, "<h2 id=\"(\\w+)\"")).containsExactly("open", "coming", "over");
        assertThat(found(html, "href=\"/at/([a-z-]+)\\?lang=en\""))
                .containsExactly("open", "open-longer", "soon", "later", "over-lately", "over-long-ago");
        assertThat(html)
                .contains(
                        "<time datetime=\"2030-03-10T00:00:00Z\">2030-03-10 00:00</time>",
                        ">03-13 00:00</time> <span>UTC</span>")
                .doesNotContain("id=\"search\"");
    }

    @Test
    void shouldOfferASearchWhereThereAreMany() {
        List<Entry> many = IntStream.range(0, 1_000)
                .mapToObj(n -> entry("ballot-" + n, Stage.values()[n % 3], n, n + 1))
                .toList();
        String html = html(many, Language.CHINESE);
        assertThat(html).contains("id=\"search\"", "<html lang=\"zh\">");
        assertThat(found(html, "(<li class=\"card\">)")).hasSize(1_000);
    }

    @Test
    void shouldSayThatThereIsNone() {
        assertThat(html(List.of(), Language.ENGLISH)).contains("There is no ballot here at the moment.");
    }

    @Test
    void shouldLeadToTheOneThatIsMeant() {
        Entry open = entry("open", Stage.OPEN, 1, 9);
        Entry over = entry("over", Stage.OVER, 1, 2);
        assertThat(BallotList.obvious(List.of(over, open))).contains(open);
        assertThat(BallotList.obvious(List.of(over))).contains(over);
        assertThat(BallotList.obvious(List.of(open, entry("another", Stage.OPEN, 1, 9))))
                .isEmpty();
        assertThat(BallotList.obvious(List.of(over, entry("soon", Stage.COMING, 5, 9))))
                .isEmpty();
        assertThat(BallotList.obvious(List.of())).isEmpty();
    }

    private static Entry entry(String id, Stage stage, int opens, int closes) {
        return new Entry(
                "/at/" + id,
                new Said("Title " + id, null),
                new Said("机构", ""),
                stage,
                DAY.plus(Duration.ofDays(opens)),
                DAY.plus(Duration.ofDays(closes)));
    }

    private String html(List<Entry> entries, Language language) {
        byte[] body = Objects.requireNonNull(list.of("Votes", entries, language)
                .answer(new HttpHeaders(), null, Duration.ZERO)
                .getBody());
        return new String(body, StandardCharsets.UTF_8);
    }

    private static List<String> found(String html, String regex) {
        return Pattern.compile(regex)
                .matcher(html)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }
}
