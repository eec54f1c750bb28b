// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.pages;

import io.votelog.rules.Ballot;
import io.votelog.rules.Reason;
import io.votelog.rules.Text;
import io.votelog.rules.Visibility;
import io.votelog.streams.read.http.WebSettings.PublicUrls;
import io.votelog.streams.read.results.BallotPhase;
import io.votelog.streams.read.results.Ranks;
import io.votelog.streams.read.results.ResultsDocument;
import io.votelog.streams.read.results.ResultsDocument.OptionResults;
import io.votelog.streams.read.results.ResultsDocument.SectionResults;
import io.votelog.streams.read.results.ResultsDocument.Turnout;
import io.votelog.streams.read.results.ResultsTag;
import io.votelog.streams.read.results.ResultsView;
import io.votelog.web.pages.BallotList;
import io.votelog.web.pages.Content;
import io.votelog.web.pages.Head;
import io.votelog.web.pages.Language;
import io.votelog.web.pages.Share;
import io.votelog.web.pages.StaticFiles;
import io.votelog.web.pages.Template;
import io.votelog.web.pages.Words;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
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
        "time-limit.js",
        "search.js",
        "feed.js",
        "lead.js",
        "tables.js",
        "plot.js",
        "chart.js",
        "course.js",
        "results.js"
    };
    private static final int MANY = 100;

    /** From how many options on there is a search. */
    private static final int SEARCHED = 8;

    private static final String NO_RANK = "–";

    private final StaticFiles files;
    private final BallotList list;
    private final Words words;
    private final PublicUrls urls;
    private final PageSettings settings;
    private final JsonMapper json;
    private final Template template = Template.of(ResultsPage.class, "results.mustache");
    private final Map<Key, Rendered> rendered = new ConcurrentHashMap<>();

    /** Which of a ballot's pages of results. */
    enum View {
        /** For people who look for themselves. */
        PAGE,
        /** For a large screen that nobody touches. */
        WALL,
        /** For a frame in another page: who leads, and the counts. */
        EMBED;

        /** The view that the address asks for; the page where it asks for none that there is. */
        static View of(@Nullable String asked) {
            return Stream.of(WALL, EMBED)
                    .filter(view -> view.word().equals(asked))
                    .findFirst()
                    .orElse(PAGE);
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    ResultsPage(StaticFiles files, Words words, PublicUrls urls, PageSettings settings, JsonMapper json) {
        this.files = files;
        this.list = new BallotList(files);
        this.words = words;
        this.urls = urls;
        this.settings = settings;
        this.json = json;
    }

    private record Key(String ballotId, Language language, View view) {}

    private record Rendered(ResultsTag tag, Content content) {}

    /** One phase in the words of the page, and whether the ballot is in it now. */
    record Phase(String status, String badge, Wording.Timed sentence, boolean current) {}

    /** @param many whether the section has so many rows that the browser must not lay them all out again on each change */
    record Part(String id, Language.Said title, List<Row> rows, boolean many) {}

    /**
     * One option.
     *
     * @param order its place on the ballot, from 0 within each section
     * @param rank its rank within the section, from 1; 0 while ranks are hidden
     * @param count its votes; 0 while they are hidden
     * @param width the width of its bar, in percent with the sign
     */
    record Row(
            String id,
            Language.Said title,
            int order,
            int rank,
            long count,
            String shownRank,
            String votes,
            String share,
            String width) {}

    /** What the scripts start from. */
    record ScriptData(
            String ballotId,
            String language,
            BallotPhase status,
            Instant opensAt,
            Instant closesAt,
            List<BallotPhase> statuses,
            long version,
            long revision,
            long late,
            boolean live,
            Map<String, String> words) {}

    record Refusal(String reason, String words, String votes, boolean none) {}

    /** Renders the page. */
    Content of(Ballot ballot, ResultsView results, Language language, View view) {
        Key key = new Key(ballot.id(), language, view);
        return Objects.requireNonNull(rendered.compute(
                        key,
                        (same, known) -> known != null && known.tag().equals(results.tag())
                                ? known
                                : new Rendered(results.tag(), render(ballot, results.document(), language, view))))
                .content();
    }

    /** A ballot in the list of ballots. */
    static BallotList.Entry entry(Ballot ballot, BallotPhase phase, Language language) {
        Text organiser = ballot.organiser();
        return new BallotList.Entry(
                "/ballots/" + ballot.id() + "/results",
                language.in(ballot.title()),
                organiser == null ? null : language.in(organiser),
                switch (phase) {
                    case SCHEDULED -> BallotList.Stage.COMING;
                    case OPEN -> BallotList.Stage.OPEN;
                    case CLOSED, FINAL -> BallotList.Stage.OVER;
                },
                ballot.opensAt(),
                ballot.closesAt());
    }

    /** The page that lists ballots with links to their results. */
    Content list(List<BallotList.Entry> entries, Language language) {
        return list.of(new Wording(words, language).word("ballots-title"), entries, language);
    }

    private Content render(Ballot ballot, ResultsDocument document, Language language, View view) {
        Wording wording = new Wording(words, language);
        Turnout turnout = document.turnout();
        boolean counted = document.sections().get(0).options().get(0).votes() != null;
        Language.Said title = language.in(ballot.title());
        long counting = turnout.accepted() - turnout.annulled();
        List<String> lead = counted ? lead(document, wording) : List.of();

        Map<String, Object> model = new HashMap<>();
        Head head = Head.of(wording.word("page-title").replace("{title}", title.text()), language, files, OWN);
        URI streams = urls.streams();
        model.put(
                "head",
                view == View.PAGE && streams != null ? head.shared(share(ballot, lead, wording, streams)) : head);
        model.put("w", wording.words());
        model.put("view", view.word());
        model.put("page", view == View.PAGE);
        model.put("embed", view == View.EMBED);
        model.put("ballotId", ballot.id());
        model.put("title", title);
        if (ballot.organiser() != null) {
            model.put("organiser", language.in(ballot.organiser()));
        }
        model.put("phases", phases(ballot, document.status(), wording));
        model.put("live", document.goesOn());
        model.put("asOf", wording.timed("as-of", newestVote(document)));
        model.put("counted", counted);
        model.put("courses", view == View.PAGE && ballot.visibility() == Visibility.LIVE);
        model.put("hidden", wording.timed("hidden", ballot.closesAt()));
        model.put("lead", lead);
        model.put("counting", wording.number(counting));
        model.put(
                "shareNote",
                wording.live(
                        document.sections().size() > 1 ? "share-note" : "share-note-single",
                        Map.of("n", wording.number(counting))));
        model.put("searchable", ballot.optionCount() > SEARCHED);
        Text noun = ballot.noun();
        model.put("noun", noun == null ? new Language.Said(wording.word("noun"), null) : language.in(noun));
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
        model.put("data", data(ballot, document, wording));
        model.put("csv", "/v1/ballots/%s/results.csv?lang=%s".formatted(ballot.id(), language.tag()));
        model.put("json", "/v1/ballots/%s/results".formatted(ballot.id()));
        model.put("digest", document.digest());
        model.put("wallAddress", "?view=wall&lang=" + language.tag());
        model.put("pageAddress", "/ballots/%s/results?lang=%s".formatted(ballot.id(), language.tag()));
        model.put("embedding", embedding(ballot, title, language));
        URI method = settings.methodUrl();
        model.put("methodAddress", method == null ? List.of() : List.of(method.toString()));
        URI producer = urls.producer();
        if (producer != null) {
            model.put("voteAddress", "%s/ballots/%s?lang=%s".formatted(producer, ballot.id(), language.tag()));
        }
        model.put("open", document.status() == BallotPhase.OPEN);
        return Content.html(template.render(model));
    }

    private static List<String> lead(ResultsDocument document, Wording wording) {
        List<Lead.Section> sections = document.sections().stream()
                .map(section -> new Lead.Section(
                        wording.said(section.title()).text(),
                        section.options().stream()
                                .map(option -> new Lead.Standing(
                                        option.id(),
                                        wording.said(option.title()).text(),
                                        Objects.requireNonNullElse(option.votes(), 0L)))
                                .toList()))
                .toList();
        return new Lead(wording, document.status() == BallotPhase.FINAL).of(sections);
    }

    private Share share(Ballot ballot, List<String> lead, Wording wording, URI streams) {
        String description =
                lead.isEmpty() ? wording.timed("hidden", ballot.closesAt()).whole() : String.join(" ", lead);
        return new Share(
                description,
                "%s/ballots/%s/results?lang=%s"
                        .formatted(streams, ballot.id(), wording.language().tag()),
                streams + files.address(Share.PICTURE));
    }

    /** What another site puts into a page to show the results there; an empty list where none may. */
    private Object embedding(Ballot ballot, Language.Said title, Language language) {
        URI streams = urls.streams();
        return streams == null || settings.frameAncestors().isEmpty()
                ? List.of()
                : List.of(
                        "<iframe src=\"%s/ballots/%s/results?view=embed&amp;lang=%s\" title=\"%s\" width=\"100%%\" height=\"600\"></iframe>"
                                .formatted(
                                        streams,
                                        ballot.id(),
                                        language.tag(),
                                        title.text().replace("&", "&amp;").replace("\"", "&quot;")));
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
            int[] ranks = Ranks.of(section.options().stream()
                    .mapToLong(option -> Objects.requireNonNullElse(option.votes(), 0L))
                    .toArray());
            for (OptionResults option : section.options()) {
                rows.add(row(option, rows.size(), ranks[rows.size()], most, counting, wording));
            }
            rows.sort(Comparator.comparingInt(Row::rank));
            parts.add(new Part(section.id(), wording.said(section.title()), rows, rows.size() > MANY));
        }
        return parts;
    }

    private static Row row(OptionResults option, int order, int rank, long most, long counting, Wording wording) {
        Language.Said title = wording.said(option.title());
        Long votes = option.votes();
        if (votes == null) {
            return new Row(option.id(), title, order, 0, 0, "", "", "", "0%");
        }
        double width = most == 0 ? 0 : 100.0 * votes / most;
        return new Row(
                option.id(),
                title,
                order,
                rank,
                votes,
                most == 0 ? NO_RANK : wording.number(rank),
                wording.number(votes),
                wording.share(votes, counting),
                String.format(Locale.ROOT, "%.2f%%", width));
    }

    /** The data that the scripts start from, as JSON. */
    private String data(Ballot ballot, ResultsDocument document, Wording wording) {
        return json.writeValueAsString(new ScriptData(
                document.ballotId(),
                wording.language().tag(),
                document.status(),
                ballot.opensAt(),
                ballot.closesAt(),
                List.of(BallotPhase.values()),
                document.version(),
                document.revision(),
                document.turnout().late(),
                document.goesOn(),
                wording.scriptWords()));
    }
}
