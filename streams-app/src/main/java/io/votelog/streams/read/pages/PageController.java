// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.pages;

import io.votelog.streams.read.board.Ballots;
import io.votelog.streams.read.pages.ResultsPage.View;
import io.votelog.streams.read.problem.Problems;
import io.votelog.streams.read.results.LiveResults;
import io.votelog.streams.read.results.ResultsView;
import io.votelog.web.pages.BallotList;
import io.votelog.web.pages.Content;
import io.votelog.web.pages.ContentPolicy;
import io.votelog.web.pages.Language;
import io.votelog.web.pages.StaticFiles;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The pages for people: {@code /ballots/{id}/results}; {@code /}, which leads to them; and their files. */
@RestController
final class PageController {
    /** The path below which the files of these pages are served. */
    static final String FILES = "/assets/results/";

    /** A page may be cached as long as the results that it is made from. */
    private static final Duration MAX_AGE = Duration.ofSeconds(1);

    static final String POLICY = ContentPolicy.of(List.of(), false, List.of());

    private final Ballots ballots;
    private final LiveResults results;
    private final StaticFiles files;
    private final ResultsPage page;
    private final NoticePage notice;
    private final String framePolicy;

    PageController(
            Ballots ballots,
            LiveResults results,
            StaticFiles files,
            ResultsPage page,
            NoticePage notice,
            PageSettings settings) {
        this.ballots = ballots;
        this.results = results;
        this.files = files;
        this.page = page;
        this.notice = notice;
        this.framePolicy = ContentPolicy.inFramesOf(settings.frameAncestors());
    }

    @GetMapping("/ballots/{ballotId}/results")
    ResponseEntity<byte[]> results(
            @PathVariable String ballotId,
            @RequestParam(name = Language.PARAMETER, required = false) @Nullable String chosen,
            @RequestParam(name = "view", required = false) @Nullable String view,
            @RequestHeader HttpHeaders request) {
        Language language = Language.of(chosen, request);
        Optional<ResultsView> current = results.current(ballotId);
        if (current.isEmpty()) {
            return notice.unknownBallot(language).notFound(request, POLICY);
        }
        View asked = View.of(view);
        Content content = page.of(ballots.get(ballotId).ballot(), current.get(), language, asked);
        return content.answer(request, asked == View.EMBED ? framePolicy : POLICY, MAX_AGE);
    }

    /** Redirects to the results of the ballot that is meant where none is named, if there is one; else lists the ballots. */
    @GetMapping("/")
    ResponseEntity<byte[]> start(
            @RequestParam(name = Language.PARAMETER, required = false) @Nullable String chosen,
            @RequestHeader HttpHeaders request) {
        Language language = Language.of(chosen, request);
        List<BallotList.Entry> entries = entries(language);
        Optional<BallotList.Entry> obvious = BallotList.obvious(entries);
        if (obvious.isPresent()) {
            String query = chosen == null ? "" : "?" + Language.PARAMETER + "=" + language.tag();
            return ResponseEntity.status(HttpStatus.FOUND)
                    .location(URI.create(obvious.get().address() + query))
                    .header(HttpHeaders.CACHE_CONTROL, "no-store")
                    .build();
        }
        return page.list(entries, language).answer(request, POLICY, MAX_AGE);
    }

    @GetMapping("/ballots")
    ResponseEntity<byte[]> list(
            @RequestParam(name = Language.PARAMETER, required = false) @Nullable String chosen,
            @RequestHeader HttpHeaders request) {
        Language language = Language.of(chosen, request);
        return page.list(entries(language), language).answer(request, POLICY, MAX_AGE);
    }

    private List<BallotList.Entry> entries(Language language) {
        return ballots.all().stream()
                .map(Ballots.Published::ballot)
                .flatMap(ballot -> results.current(ballot.id()).stream()
                        .map(view -> ResultsPage.entry(ballot, view.document().status(), language)))
                .toList();
    }

    @GetMapping(FILES + "{file}")
    ResponseEntity<byte[]> file(@PathVariable String file, @RequestHeader HttpHeaders request) {
        return files.answer(file, request).orElseThrow(() -> Problems.notFound().exception());
    }
}
