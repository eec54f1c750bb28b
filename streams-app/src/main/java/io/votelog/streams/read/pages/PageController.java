// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.pages;

import io.votelog.streams.read.board.Ballots;
import io.votelog.streams.read.problem.Problems;
import io.votelog.streams.read.results.LiveResults;
import io.votelog.streams.read.results.ResultsView;
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

    private static final String POLICY = ContentPolicy.of(List.of(), false);

    private final Ballots ballots;
    private final LiveResults results;
    private final StaticFiles files;
    private final ResultsPage page;
    private final BallotsPage list;
    private final NoticePage notice;

    PageController(
            Ballots ballots,
            LiveResults results,
            StaticFiles files,
            ResultsPage page,
            BallotsPage list,
            NoticePage notice) {
        this.ballots = ballots;
        this.results = results;
        this.files = files;
        this.page = page;
        this.list = list;
        this.notice = notice;
    }

    @GetMapping("/ballots/{ballotId}/results")
    ResponseEntity<byte[]> results(
            @PathVariable String ballotId,
            @RequestParam(name = Language.PARAMETER, required = false) @Nullable String chosen,
            @RequestParam(name = "view", required = false) @Nullable String view,
            @RequestHeader HttpHeaders request) {
        Language language = language(chosen, request);
        Optional<ResultsView> current = results.current(ballotId);
        if (current.isEmpty()) {
            return notice.unknownBallot(language).notFound(request, POLICY);
        }
        Content content = page.of(ballots.get(ballotId).ballot(), current.get(), language, "wall".equals(view));
        return content.answer(request, POLICY, MAX_AGE);
    }

    /** Redirects to the results of the only ballot; when there are more or none, shows the list. */
    @GetMapping("/")
    ResponseEntity<byte[]> start(
            @RequestParam(name = Language.PARAMETER, required = false) @Nullable String chosen,
            @RequestHeader HttpHeaders request) {
        List<Ballots.Published> all = ballots.all();
        if (all.size() == 1) {
            String query = chosen == null
                    ? ""
                    : "?" + Language.PARAMETER + "=" + language(chosen, request).tag();
            return ResponseEntity.status(HttpStatus.FOUND)
                    .location(URI.create("/ballots/" + all.get(0).ballot().id() + "/results" + query))
                    .header(HttpHeaders.CACHE_CONTROL, "no-store")
                    .build();
        }
        List<BallotsPage.Entry> entries = all.stream()
                .map(Ballots.Published::ballot)
                .flatMap(ballot -> results.current(ballot.id()).stream()
                        .map(view ->
                                new BallotsPage.Entry(ballot, view.document().status())))
                .toList();
        return list.of(entries, language(chosen, request)).answer(request, POLICY, MAX_AGE);
    }

    @GetMapping(FILES + "{file}")
    ResponseEntity<byte[]> file(@PathVariable String file, @RequestHeader HttpHeaders request) {
        return files.answer(file, request).orElseThrow(() -> Problems.notFound().exception());
    }

    private static Language language(@Nullable String chosen, HttpHeaders request) {
        return Language.of(chosen, request.getFirst(HttpHeaders.ACCEPT_LANGUAGE));
    }
}
