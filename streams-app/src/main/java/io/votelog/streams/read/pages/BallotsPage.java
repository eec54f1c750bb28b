// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.pages;

import io.votelog.rules.Ballot;
import io.votelog.streams.read.results.BallotPhase;
import io.votelog.web.pages.Content;
import io.votelog.web.pages.Head;
import io.votelog.web.pages.Language;
import io.votelog.web.pages.StaticFiles;
import io.votelog.web.pages.Template;
import io.votelog.web.pages.Words;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The page that lists all ballots with links to their results: first the open ones, then those to come, then those that are
 * over.
 */
final class BallotsPage {
    private static final List<BallotPhase> ORDER =
            List.of(BallotPhase.OPEN, BallotPhase.CLOSED, BallotPhase.SCHEDULED, BallotPhase.FINAL);
    private static final Comparator<Entry> SOONEST_FIRST = Comparator.<Entry>comparingInt(
                    entry -> ORDER.indexOf(entry.status()))
            .thenComparing(entry -> entry.ballot().closesAt())
            .thenComparing(entry -> entry.ballot().id());

    private final StaticFiles files;
    private final Words words;
    private final Template template = Template.of(BallotsPage.class, "ballots.mustache");

    BallotsPage(StaticFiles files, Words words) {
        this.files = files;
        this.words = words;
    }

    record Entry(Ballot ballot, BallotPhase status) {}

    record Line(String address, Language.Said title, String status, String badge, Wording.Timed sentence) {}

    Content of(List<Entry> entries, Language language) {
        Wording wording = new Wording(words, language);
        List<Line> lines = entries.stream()
                .sorted(SOONEST_FIRST)
                .map(entry -> line(entry, wording))
                .toList();
        return Content.html(template.render(Map.of(
                "head", Head.of(wording.word("ballots-title"), language, files, "results.css", "words.js", "times.js"),
                "w", wording.words(),
                "lines", lines,
                "none", lines.isEmpty())));
    }

    private static Line line(Entry entry, Wording wording) {
        String status = entry.status().word();
        Ballot ballot = entry.ballot();
        return new Line(
                "/ballots/%s/results?lang=%s"
                        .formatted(ballot.id(), wording.language().tag()),
                wording.language().in(ballot.title()),
                status,
                wording.word("badge-" + status),
                wording.timed(
                        "sentence-" + status,
                        entry.status() == BallotPhase.SCHEDULED ? ballot.opensAt() : ballot.closesAt()));
    }
}
