// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.pages;

import io.votelog.rules.Ballot;
import io.votelog.rules.Reason;
import io.votelog.streams.read.results.BallotPhase;
import io.votelog.streams.read.results.ResultsDocument;
import io.votelog.streams.read.results.ResultsDocument.OptionResults;
import io.votelog.streams.read.results.ResultsDocument.SectionResults;
import io.votelog.streams.read.results.ResultsDocument.Turnout;
import io.votelog.streams.read.results.ResultsTag;
import io.votelog.streams.read.results.ResultsView;
import io.votelog.web.pages.Content;
import io.votelog.web.pages.Head;
import io.votelog.web.pages.Language;
import io.votelog.web.pages.StaticFiles;
import io.votelog.web.pages.Template;
import io.votelog.web.pages.Words;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The live results page. It is complete without scripts: they keep it up to date from the stream of the document that it is
 * rendered from, and show times in the reader's time zone. Each state of the results is rendered once for each language and
 * view.
 */
final class ResultsPage {
    private static final String[] OWN = {
        "results.css",
        "uPlot.min.css",
        "uPlot.iife.min.js",
        "words.js",
        "feed.js",
        "tables.js",
        "chart.js",
        "results.js"
    };
    private static final int MANY = 100;
    private static final String NO_RANK = "–";

    private final StaticFiles files;
    private final Words words;
    private final @Nullable URI producer;
    private final JsonMapper json;
    private final Template template = Template.of(ResultsPage.class, "results.mustache");
    private final Map<Key, Rendered> rendered = new ConcurrentHashMap<>();

    /** @param producer the public address of the side that takes votes; null when it is not set */
    ResultsPage(StaticFiles files, Words words, @Nullable URI producer, JsonMapper json) {
        this.files = files;
        this.words = words;
        this.producer = producer;
        this.json = json;
    }

    private record Key(String ballotId, Language language, boolean wall) {}

    private record Rendered(ResultsTag tag, Content content) {}

    /** One phase in the words of the page, and whether the ballot is in it now. */
    record Phase(String status, String badge, Wording.Timed sentence, boolean current) {}

    /** @param many whether the section has so many rows that the browser must not lay them all out again on each change */
    record Part(String id, Language.Said title, List<Row> rows, boolean many) {}

    /**
     * One option.
     *
     * @param order its place on the ballot, from 0 within each section
     * @param width the width of its bar, in percent with the sign
     */
    record Row(
            String id,
            Language.Said title,
            int order,
            int rank,
            String shownRank,
            String votes,
            String share,
            String width) {}

    record Refusal(String reason, String words, String votes, boolean none) {}

    /**
     * Renders the page.
     *
     * @param wall whether it is for a large screen that nobody touches
     */
    Content of(Ballot ballot, ResultsView view, Language language, boolean wall) {
        Key key = new Key(ballot.id(), language, wall);
        return Objects.requireNonNull(rendered.compute(
                        key,
                        (same, known) -> known != null && known.tag().equals(view.tag())
                                ? known
                                : new Rendered(view.tag(), render(ballot, view.document(), language, wall))))
                .content();
    }

    private Content render(Ballot ballot, ResultsDocument document, Language language, boolean wall) {
        Wording wording = new Wording(words, language);
        Turnout turnout = document.turnout();
        boolean counted = document.sections().get(0).options().get(0).votes() != null;
        Language.Said title = language.in(ballot.title());

        Map<String, Object> model = new HashMap<>();
        model.put("head", Head.of(wording.word("page-title").replace("{title}", title.text()), language, files, OWN));
        model.put("w", wording.words());
        model.put("wall", wall);
        model.put("title", title);
        if (ballot.organiser() != null) {
            model.put("organiser", language.in(ballot.organiser()));
        }
        model.put("phases", phases(ballot, document.status(), wording));
        model.put("live", document.goesOn());
        model.put("asOf", wording.timed("as-of", newestVote(document)));
        model.put("counted", counted);
        model.put("hidden", wording.timed("hidden", ballot.closesAt()));
        model.put("accepted", wording.number(turnout.accepted()));
        model.put("received", wording.number(turnout.received()));
        model.put("retried", wording.number(turnout.retried()));
        model.put("rejected", wording.number(turnout.rejected()));
        model.put("late", wording.number(turnout.late()));
        model.put("noneLate", turnout.late() == 0);
        model.put("annulled", wording.number(turnout.annulled()));
        model.put(
                "annulledNote", wording.word("live-annulled-note").replace("{n}", wording.number(turnout.annulled())));
        model.put("noneAnnulled", turnout.annulled() == 0);
        model.put("noneRejected", turnout.rejected() == 0);
        model.put("refusals", refusals(turnout, wording));
        model.put("parts", parts(document, wording));
        model.put("data", data(document, wording));
        model.put("csv", "/v1/ballots/%s/results.csv?lang=%s".formatted(ballot.id(), language.tag()));
        model.put("wallAddress", "?view=wall&lang=" + language.tag());
        if (producer != null) {
            model.put("voteAddress", "%s/ballots/%s?lang=%s".formatted(producer, ballot.id(), language.tag()));
        }
        model.put("open", document.status() == BallotPhase.OPEN);
        return Content.html(template.render(model));
    }

    /**
     * The time of the newest vote; null before the first one, since the results' time is then that of the ballot's own records.
     */
    private static @Nullable Instant newestVote(ResultsDocument document) {
        return document.asOf() == null || document.turnout().received() == 0 ? null : Instant.parse(document.asOf());
    }

    private static List<Phase> phases(Ballot ballot, BallotPhase now, Wording wording) {
        return Stream.of(BallotPhase.values())
                .map(status -> new Phase(
                        status.word(),
                        wording.word("badge-" + status.word()),
                        wording.timed(
                                "sentence-" + status.word(),
                                status == BallotPhase.SCHEDULED ? ballot.opensAt() : ballot.closesAt()),
                        status == now))
                .toList();
    }

    private static List<Refusal> refusals(Turnout turnout, Wording wording) {
        return Stream.of(Reason.values())
                .map(reason -> {
                    long votes = turnout.rejectedByReason().getOrDefault(reason.name(), 0L);
                    return new Refusal(
                            reason.name(), wording.word("reason-" + reason.name()), wording.number(votes), votes == 0);
                })
                .toList();
    }

    private static List<Part> parts(ResultsDocument document, Wording wording) {
        long most = document.sections().stream()
                .flatMap(section -> section.options().stream())
                .map(OptionResults::votes)
                .filter(Objects::nonNull)
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
        long counting = document.turnout().accepted() - document.turnout().annulled();
        List<Part> parts = new ArrayList<>();
        for (SectionResults section : document.sections()) {
            List<Row> rows = new ArrayList<>();
            for (OptionResults option : section.options()) {
                rows.add(row(option, rows.size(), most, counting, wording));
            }
            rows.sort(Comparator.comparingInt(Row::rank));
            parts.add(new Part(section.id(), wording.said(section.title()), rows, rows.size() > MANY));
        }
        return parts;
    }

    private static Row row(OptionResults option, int order, long most, long counting, Wording wording) {
        Language.Said title = wording.said(option.title());
        Long votes = option.votes();
        Integer rank = option.rank();
        if (votes == null || rank == null) {
            return new Row(option.id(), title, order, 0, "", "", "", "0%");
        }
        double width = most == 0 ? 0 : 100.0 * votes / most;
        return new Row(
                option.id(),
                title,
                order,
                rank,
                most == 0 ? NO_RANK : wording.number(rank),
                wording.number(votes),
                wording.share(votes, counting),
                String.format(Locale.ROOT, "%.2f%%", width));
    }

    /** The data that the scripts start from, as JSON. */
    private String data(ResultsDocument document, Wording wording) {
        return json.writeValueAsString(Map.of(
                "ballotId", document.ballotId(),
                "language", wording.language().tag(),
                "status", document.status(),
                "statuses", Arrays.asList(BallotPhase.values()),
                "version", document.version(),
                "revision", document.revision(),
                "late", document.turnout().late(),
                "live", document.goesOn(),
                "words", wording.scriptWords()));
    }
}
