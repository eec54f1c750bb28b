// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.pages;

import io.votelog.producer.ballots.ListedBallot;
import io.votelog.producer.ballots.PublicUrls;
import io.votelog.rules.Ballot;
import io.votelog.rules.Text;
import io.votelog.web.pages.BallotList;
import io.votelog.web.pages.Content;
import io.votelog.web.pages.ContentPolicy;
import io.votelog.web.pages.Head;
import io.votelog.web.pages.Language;
import io.votelog.web.pages.Language.Said;
import io.votelog.web.pages.Share;
import io.votelog.web.pages.StaticFiles;
import io.votelog.web.pages.Template;
import io.votelog.web.pages.Words;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.json.JsonMapper;

/** Renders the pages for voters, each once for all who look at it. */
final class BallotPages {
    /** The path below which the files of these pages are served. */
    static final String FILES = "/assets/ballot/";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** The prefix of the words that the page's script says. */
    private static final String SCRIPTED = "say.";

    /** The scripts, in the order in which they import one another. */
    private static final List<String> MODULES = List.of(
            "store.js",
            "words.js",
            "asking.js",
            "dialog.js",
            "rules.js",
            "choices.js",
            "outcome.js",
            "sign-in.js",
            "voter.js",
            "sending.js",
            "ballot.js");

    /** Those that all pages may have. */
    private static final List<String> COMMON_MODULES = List.of("times.js", "time-limit.js", "search.js", "copying.js");

    private final PublicUrls publicUrls;
    private final SignInSettings signIn;
    private final boolean madeUpVoters;
    private final Words words = Words.of(BallotPages.class, "ballot");
    private final Template ballotTemplate = Template.of(BallotPages.class, "ballot.mustache");
    private final Template messageTemplate = Template.of(BallotPages.class, "message.mustache");
    private final Template signInTemplate = Template.of(BallotPages.class, "sign-in.mustache");
    private final StaticFiles files;
    private final BallotList list;
    private final Map<String, Rendered> rendered = new ConcurrentHashMap<>();

    /**
     * @param signIn where voters sign in
     * @param madeUpVoters whether anyone may vote under an invented name when there is no sign-in
     */
    BallotPages(PublicUrls publicUrls, SignInSettings signIn, boolean madeUpVoters) {
        this.publicUrls = publicUrls;
        this.signIn = signIn;
        this.madeUpVoters = madeUpVoters;
        StaticFiles all = StaticFiles.common(FILES).with(BallotPages.class, "ballot.css", "ballot.css");
        // Only those who sign in fetch this script.
        all.with(BallotPages.class, "vendor/oauth4webapi.js", "oauth4webapi.js");
        MODULES.forEach(module -> all.with(BallotPages.class, module, module));
        this.files = all.with(BallotPages.class, "signed-in.js", "signed-in.js");
        this.list = new BallotList(files);
    }

    /**
     * A page.
     *
     * @param policy its {@code Content-Security-Policy}
     */
    record Page(Content content, String policy) {}

    /** A page and the state from which it was rendered. */
    private record Rendered(ListedBallot of, BallotPhase phase, Page page) {}

    /** The scripts and styles of all these pages. */
    StaticFiles files() {
        return files;
    }

    /** The page on which that ballot is voted on. */
    Page ballot(ListedBallot listed, BallotPhase phase, Language language) {
        String key = listed.id() + " " + language.tag();
        Rendered last = rendered.get(key);
        if (last != null && last.of() == listed && last.phase() == phase) {
            return last.page();
        }
        Page page = render(listed, phase, language);
        rendered.put(key, new Rendered(listed, phase, page));
        return page;
    }

    private Page render(ListedBallot listed, BallotPhase phase, Language language) {
        BallotView ballot = BallotView.of(listed.ballot(), language, words);
        Map<String, Object> values = values(language);
        String title = ballot.title().text();
        List<String> own = new ArrayList<>(COMMON_MODULES);
        own.addAll(MODULES);
        own.add("ballot.css");
        Head head = Head.of(title, language, files, own.toArray(String[]::new));
        values.put("head", head.shared(share(ballot, language)));
        values.put("ballot", ballot);
        values.put("stage", phase.word());
        values.put("stageName", say(language, "stage." + phase.word()));
        values.put("open", phase == BallotPhase.OPEN);
        values.put("over", phase == BallotPhase.CLOSED);
        values.put("mayPick", phase == BallotPhase.OPEN || phase == BallotPhase.SCHEDULED);
        values.put("resultsUrl", results(listed.id(), language));
        values.put("readSide", publicUrls.streams().toString());
        values.put("voters", signIn.issuer() != null ? "provider" : madeUpVoters ? "made-up" : "none");
        values.put("signIn", provider());
        values.put("spoken", spoken(language));
        return new Page(
                Content.html(ballotTemplate.render(values)), policy(ballot.hasImages(), List.of(publicUrls.streams())));
    }

    private Share share(BallotView ballot, Language language) {
        Said organiser = ballot.organiser();
        String description = (organiser == null ? "" : organiser.text() + " · ")
                + words.say(
                        language,
                        "share",
                        Map.of(
                                "n", ballot.options(),
                                "rule", ballot.start()));
        String address =
                "%s/ballots/%s?%s=%s".formatted(publicUrls.producer(), ballot.id(), Language.PARAMETER, language.tag());
        return new Share(description, address, publicUrls.producer() + files.address(Share.PICTURE));
    }

    /** What the script needs to know of the provider; an empty list when there is none. */
    private Object provider() {
        URI issuer = signIn.issuer();
        String clientId = signIn.clientId();
        return issuer == null || clientId == null
                ? List.of()
                : Map.of(
                        "issuer", issuer.toString(),
                        "clientId", clientId,
                        "scope", signIn.scope(),
                        "parameters", signIn.query());
    }

    /** The page that says which ballots there are. */
    Page list(List<BallotList.Entry> entries, Language language) {
        return new Page(list.of(say(language, "list.title"), entries, language), policy(false, List.of()));
    }

    /** A ballot in the list. What is over is looked at where its results are. */
    BallotList.Entry entry(ListedBallot listed, Instant now, Language language) {
        Ballot ballot = listed.ballot();
        BallotList.Stage stage = BallotPhase.of(listed, now).stage();
        Text organiser = ballot.organiser();
        return new BallotList.Entry(
                stage == BallotList.Stage.OVER ? publicUrls.results(ballot.id()).toString() : "/ballots/" + ballot.id(),
                language.in(ballot.title()),
                organiser == null ? null : language.in(organiser),
                stage,
                ballot.opensAt(),
                ballot.closesAt());
    }

    /** The page that says that there is no such ballot. */
    Page unknownBallot(Language language) {
        Map<String, Object> values = values(language);
        String title = say(language, "unknown.title");
        values.put("head", Head.of(title, language, files, "ballot.css"));
        values.put("title", title);
        values.put("text", say(language, "unknown.text"));
        values.put("link", say(language, "list.all"));
        return new Page(Content.html(messageTemplate.render(values)), policy(false, List.of()));
    }

    /** Whether voters sign in at a provider, which redirects them to a page of this gateway. */
    boolean signsIn() {
        return signIn.issuer() != null;
    }

    /** The page that the provider redirects to. */
    Page signIn(Language language) {
        Map<String, Object> values = values(language);
        String title = say(language, "signIn.title");
        values.put("head", Head.of(title, language, files, "ballot.css", "signed-in.js"));
        values.put("spoken", spoken(language));
        return new Page(Content.html(signInTemplate.render(values)), policy(false, List.of()));
    }

    private Map<String, Object> values(Language language) {
        Map<String, Object> values = new HashMap<>();
        values.put("words", words.in(language));
        return values;
    }

    private String say(Language language, String key) {
        return words.say(language, key, Map.of());
    }

    private String results(String ballotId, Language language) {
        return publicUrls.results(ballotId) + "?" + Language.PARAMETER + "=" + language.tag();
    }

    /** What the script says, as JSON. */
    private String spoken(Language language) {
        return JSON.writeValueAsString(words.under(language, SCRIPTED));
    }

    /** @param forms other origins that forms of the page lead to */
    private String policy(boolean pictures, List<URI> forms) {
        List<URI> called = new ArrayList<>(List.of(publicUrls.streams()));
        if (signIn.issuer() != null) {
            called.add(signIn.issuer());
            called.addAll(signIn.origins());
        }
        return ContentPolicy.of(called, pictures, forms);
    }
}
