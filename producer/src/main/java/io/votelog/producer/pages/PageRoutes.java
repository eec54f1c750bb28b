// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.pages;

import io.votelog.producer.ballots.Catalogue;
import io.votelog.producer.ballots.ListedBallot;
import io.votelog.web.pages.BallotList;
import io.votelog.web.pages.Language;
import io.votelog.web.problem.ProblemType;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The routes of pages for voters. The pages themselves call the same routes as any other client. */
@RestController
class PageRoutes {
    /** How long a page may be cached: its ballot may open or be closed in the meantime. */
    private static final Duration FRESH = Duration.ofSeconds(5);

    private final Catalogue catalogue;
    private final BallotPages pages;
    private final Clock clock;

    PageRoutes(Catalogue catalogue, BallotPages pages, Clock clock) {
        this.catalogue = catalogue;
        this.pages = pages;
        this.clock = clock;
    }

    /** Redirects to the ballot that is meant where none is named, if there is one; else lists the ballots. */
    @GetMapping("/")
    ResponseEntity<byte[]> start(
            @RequestParam(name = Language.PARAMETER, required = false) @Nullable String chosen,
            ServerHttpRequest request) {
        Language language = Language.of(chosen, request.getHeaders());
        List<BallotList.Entry> entries = entries(language);
        Optional<BallotList.Entry> obvious = BallotList.obvious(entries);
        if (obvious.isPresent()) {
            String query = request.getURI().getRawQuery();
            return ResponseEntity.status(HttpStatus.FOUND)
                    .location(URI.create(obvious.get().address() + (query == null ? "" : "?" + query)))
                    .cacheControl(CacheControl.noStore())
                    .build();
        }
        return answer(pages.list(entries, language), request);
    }

    @GetMapping("/ballots")
    ResponseEntity<byte[]> list(
            @RequestParam(name = Language.PARAMETER, required = false) @Nullable String chosen,
            ServerHttpRequest request) {
        Language language = Language.of(chosen, request.getHeaders());
        return answer(pages.list(entries(language), language), request);
    }

    private List<BallotList.Entry> entries(Language language) {
        Instant now = clock.instant();
        return catalogue.all().stream()
                .map(listed -> pages.entry(listed, now, language))
                .toList();
    }

    @GetMapping("/ballots/{ballotId}")
    ResponseEntity<byte[]> ballot(
            @PathVariable String ballotId,
            @RequestParam(name = Language.PARAMETER, required = false) @Nullable String chosen,
            ServerHttpRequest request) {
        Language language = Language.of(chosen, request.getHeaders());
        Optional<ListedBallot> listed = catalogue.find(ballotId);
        if (listed.isEmpty()) {
            return notFound(language, request);
        }
        return answer(pages.ballot(listed.get(), BallotPhase.of(listed.get(), clock.instant()), language), request);
    }

    /** The page that a voter's provider redirects to. */
    @GetMapping("/sign-in")
    ResponseEntity<byte[]> signedIn(
            @RequestParam(name = Language.PARAMETER, required = false) @Nullable String chosen,
            ServerHttpRequest request) {
        Language language = Language.of(chosen, request.getHeaders());
        return pages.signsIn() ? answer(pages.signIn(language), request) : notFound(language, request);
    }

    @GetMapping(BallotPages.FILES + "{file}")
    ResponseEntity<byte[]> file(@PathVariable String file, ServerHttpRequest request) {
        return pages.files().answer(file, request.getHeaders()).orElseThrow(() -> ProblemType.NOT_FOUND
                .because("nothing is at " + request.getPath())
                .exception());
    }

    private ResponseEntity<byte[]> notFound(Language language, ServerHttpRequest request) {
        BallotPages.Page page = pages.unknownBallot(language);
        return page.content().notFound(request.getHeaders(), page.policy());
    }

    private static ResponseEntity<byte[]> answer(BallotPages.Page page, ServerHttpRequest request) {
        return page.content().answer(request.getHeaders(), page.policy(), FRESH);
    }
}
