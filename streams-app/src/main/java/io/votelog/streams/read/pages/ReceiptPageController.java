// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.pages;

import io.votelog.rules.Ballot;
import io.votelog.schemas.Receipt;
import io.votelog.streams.read.board.Ballots;
import io.votelog.streams.read.pages.ReceiptPage.Address;
import io.votelog.streams.read.receipts.ReceiptDocument;
import io.votelog.streams.read.receipts.ReceiptPages;
import io.votelog.streams.read.receipts.VoterAnswers;
import io.votelog.web.pages.Content;
import io.votelog.web.pages.Language;
import io.votelog.web.problem.Problem;
import io.votelog.web.problem.ProblemException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The pages of receipts: {@code /ballots/{id}/receipts/{receipt}}, and the field to enter one at {@code /ballots/{id}/receipts}. */
@RestController
final class ReceiptPageController implements ReceiptPages {
    private static final String POLICY = PageController.POLICY;

    /** The longest text that is looked at for a receipt, in characters: an address with one in it may be pasted too. */
    private static final int MAX_ENTERED = 1_000;

    /** A receipt where an address has one, and the offset that may follow. */
    private static final Pattern IN_ADDRESS = Pattern.compile(
            "/receipts/([A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])(?:\\?(?:[^#]*&)?offset=(\\d{1,18})(?!\\w))?");

    private static final Pattern OFFSET = Pattern.compile("\\d{1,18}");

    private final Ballots ballots;
    private final VoterAnswers answers;
    private final ReceiptPage page;
    private final NoticePage notice;
    private final JsonMapper json;

    ReceiptPageController(Ballots ballots, VoterAnswers answers, ReceiptPage page, NoticePage notice, JsonMapper json) {
        this.ballots = ballots;
        this.answers = answers;
        this.page = page;
        this.notice = notice;
        this.json = json;
    }

    @GetMapping("/ballots/{ballotId}/receipts/{receipt}")
    Mono<ResponseEntity<byte[]>> receipt(
            @PathVariable String ballotId,
            @PathVariable String receipt,
            @RequestParam(name = "offset", required = false) @Nullable String offset,
            @RequestParam(name = Language.PARAMETER, required = false) @Nullable String chosen,
            ServerWebExchange exchange) {
        return of(ballotId, receipt, offset, chosen, exchange);
    }

    /** Shows the field, or leads on to what was entered. */
    @GetMapping("/ballots/{ballotId}/receipts")
    ResponseEntity<byte[]> field(
            @PathVariable String ballotId,
            @RequestParam(name = "receipt", required = false) @Nullable String entered,
            @RequestParam(name = Language.PARAMETER, required = false) @Nullable String chosen,
            ServerWebExchange exchange) {
        HttpHeaders request = exchange.getRequest().getHeaders();
        Language language = Language.of(chosen, request);
        Optional<Ballots.Published> ballot = ballots.find(ballotId);
        if (ballot.isEmpty()) {
            return notice.unknownBallot(language).notFound(request, POLICY);
        }
        String text = entered == null ? "" : entered.strip();
        Optional<Address> address = addressIn(ballotId, text);
        if (address.isPresent()) {
            return ResponseEntity.status(HttpStatus.SEE_OTHER)
                    .location(URI.create(address.get().in(language)))
                    .header(HttpHeaders.CACHE_CONTROL, "no-store")
                    .build();
        }
        boolean none = text.isEmpty();
        String shown = text.length() > MAX_ENTERED ? text.substring(0, MAX_ENTERED) : text;
        return page.nothing(
                        ballot.get().ballot(),
                        none ? null : "malformed-receipt",
                        shown,
                        ReceiptPage.fieldIn(ballotId, shown, language.other()),
                        language)
                .once(none ? HttpStatus.OK : HttpStatus.BAD_REQUEST, request, POLICY, Map.of());
    }

    /** The receipt in what somebody entered: the receipt itself, broken over lines perhaps, or an address that has it. */
    static Optional<Address> addressIn(String ballotId, String entered) {
        if (entered.length() > MAX_ENTERED) {
            return Optional.empty();
        }
        String text = entered.replaceAll("\\s+", "");
        Matcher address = IN_ADDRESS.matcher(text);
        if (address.find()) {
            return Optional.of(new Address(ballotId, address.group(1), address.group(2)));
        }
        return Receipt.parse(text).map(receipt -> new Address(ballotId, receipt.toString(), null));
    }

    @Override
    public Mono<ResponseEntity<byte[]>> of(
            String ballotId,
            String receipt,
            @Nullable String offset,
            @Nullable String chosen,
            ServerWebExchange exchange) {
        HttpHeaders request = exchange.getRequest().getHeaders();
        Language language = Language.of(chosen, request);
        Optional<Ballots.Published> published = ballots.find(ballotId);
        if (published.isEmpty()) {
            return Mono.just(notice.unknownBallot(language).notFound(request, POLICY));
        }
        Ballot ballot = published.get().ballot();
        return answers.receipt(ballotId, receipt, offset, null, exchange)
                .map(answer -> answer.getStatusCode().is2xxSuccessful()
                        ? verdict(ballot, new Address(ballotId, receipt, offset), answer, language)
                        : refused(ballot, receipt, offset, answer, language))
                .onErrorResume(
                        ProblemException.class,
                        failure -> Mono.just(nothing(ballot, receipt, offset, failure.problem(), language)))
                .map(answer -> answer.render(request));
    }

    /** A page with the status and headers that it goes out with. */
    private record Answer(Content content, int status, Map<String, String> headers) {
        ResponseEntity<byte[]> render(HttpHeaders request) {
            return content.once(HttpStatus.valueOf(status), request, POLICY, headers);
        }
    }

    private Answer verdict(Ballot ballot, Address address, ResponseEntity<byte[]> answer, Language language) {
        ReceiptDocument document = json.readValue(answer.getBody(), ReceiptDocument.class);
        return new Answer(
                page.verdict(ballot, address, document, language),
                answer.getStatusCode().value(),
                Map.of());
    }

    /** What another instance has refused. */
    private Answer refused(
            Ballot ballot, String receipt, @Nullable String offset, ResponseEntity<byte[]> answer, Language language) {
        JsonNode problem = json.readTree(answer.getBody());
        String code = problem.path("type").asString("").replace("urn:votelog:problem:", "");
        String retryAfter = answer.getHeaders().getFirst(HttpHeaders.RETRY_AFTER);
        return new Answer(
                nothing(ballot, receipt, offset, code, language),
                answer.getStatusCode().value(),
                retryAfter == null ? Map.of() : Map.of(HttpHeaders.RETRY_AFTER, retryAfter));
    }

    private Answer nothing(Ballot ballot, String receipt, @Nullable String offset, Problem problem, Language language) {
        return new Answer(
                nothing(ballot, receipt, offset, problem.code(), language), problem.status(), problem.headers());
    }

    private Content nothing(Ballot ballot, String receipt, @Nullable String offset, String code, Language language) {
        boolean wellFormed = Receipt.parse(receipt).isPresent()
                && (offset == null || OFFSET.matcher(offset).matches());
        String other = wellFormed
                ? new Address(ballot.id(), receipt, offset).in(language.other())
                : ReceiptPage.fieldIn(ballot.id(), receipt, language.other());
        return page.nothing(ballot, code, receipt, other, language);
    }
}
