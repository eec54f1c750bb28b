// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.verify.OpeningDocument;
import io.votelog.auditor.verify.ReceiptProver;
import io.votelog.auditor.verify.ReceiptProver.Answer;
import io.votelog.rules.Ballot;
import io.votelog.schemas.Receipt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Serves voters' proofs, {@code GET /v1/ballots/{id}/receipts/{receipt}/proof?partition=…&offset=…}. Whoever holds a receipt may ask for the
 * proof of its vote, which says nothing of the choices. Where the vote stands is told by the gateway's answer, and by the read side.
 *
 * <p>With a gateway's ticket the voter is also shown what the log has as the choices, {@code …/opening} in place of {@code …/proof}, where that is
 * allowed.
 *
 * @param ready whether the sealed log was read once
 * @param tickets checks tickets; null where choices are shown to nobody
 */
record ProofHandler(ReceiptProver prover, BooleanSupplier ready, @Nullable TicketCheck tickets, SealerMeters meters)
        implements HttpHandler {
    private static final Pattern PATH =
            Pattern.compile("/v1/ballots/([^/]{1,100})/receipts/([^/]{1,100})/(proof|opening)");

    private static final String BEARER = "Bearer ";

    /** Proofs wait for brokers; files must not wait for proofs. Half of the server's threads are left for them. */
    private static final Semaphore UNDER_WAY = new Semaphore(8);

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final int MOST_PARTITIONS = 100_000;

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        Matcher path = PATH.matcher(exchange.getRequestURI().getPath());
        if (!path.matches()) {
            PublishedFiles.notThere(exchange);
            return;
        }
        Optional<Receipt> receipt = Receipt.parse(path.group(2));
        Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
        Long partition = number(query.get("partition"));
        Long offset = number(query.get("offset"));
        if (!Ballot.isId(path.group(1)) || receipt.isEmpty()) {
            unknown(
                    exchange,
                    "That is no receipt of a vote: 43 characters of base64url are one, behind a ballot's id.");
        } else if (partition == null || partition >= MOST_PARTITIONS || offset == null) {
            Answers.problem(
                    exchange,
                    400,
                    "bad-request",
                    "Bad request",
                    "partition and offset say where the vote stands, as numbers from 0 on; the answer to the vote has them, and so has what the"
                            + " read side says of the receipt.");
        } else if (!ready.getAsBoolean()) {
            notYet(exchange, "The sealed log is being read.");
        } else if (!UNDER_WAY.tryAcquire()) {
            exchange.getResponseHeaders().set("Retry-After", "1");
            Answers.problem(
                    exchange,
                    503,
                    "overloaded",
                    "Too much to do",
                    "As many proofs are made as may be at a time; try again.");
        } else {
            try {
                if (path.group(3).equals("opening")) {
                    open(exchange, path.group(1), receipt.get(), partition.intValue(), offset);
                } else {
                    answer(exchange, path.group(1), receipt.get(), partition.intValue(), offset);
                }
            } finally {
                UNDER_WAY.release();
            }
        }
    }

    private void answer(HttpExchange exchange, String ballotId, Receipt receipt, int partition, long offset)
            throws IOException {
        Answer answer;
        try {
            answer = prover.prove(ballotId, receipt, partition, offset);
        } catch (AuditException e) {
            meters.proof("unavailable");
            throw e;
        }
        if (answer instanceof Answer.Proven proven) {
            meters.proof("proven");
            Answers.ok(
                    exchange,
                    "application/json",
                    Answers.Kept.NEVER,
                    Texts.JSON.writeValueAsString(proven.document()).getBytes(StandardCharsets.UTF_8));
        } else if (answer instanceof Answer.NotYet) {
            meters.proof("not-sealed-yet");
            notYet(
                    exchange,
                    "What stands at this place is not sealed yet; it will be within seconds where the sealer runs.");
        } else {
            meters.proof("unknown");
            unknown(
                    exchange,
                    "No vote of this receipt on this ballot stands at this place of the log. A gateway's promise says where it must stand.");
        }
    }

    private void open(HttpExchange exchange, String ballotId, Receipt receipt, int partition, long offset)
            throws IOException {
        if (tickets == null) {
            Answers.problem(
                    exchange,
                    403,
                    "openings-off",
                    "Choices are not shown",
                    "This sealer shows nobody what the log has as a vote's choices.");
            return;
        }
        String header = exchange.getRequestHeaders().getFirst("Authorization");
        String ticket = header != null && header.startsWith(BEARER) ? header.substring(BEARER.length()) : "";
        switch (tickets.of(ticket, ballotId, receipt)) {
            case NONE -> {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
                Answers.problem(
                        exchange,
                        401,
                        "unauthorized",
                        "A ticket is needed",
                        "A gateway gives voters who have signed in a ticket for this: POST /v1/ballots/{id}/my-vote/opening. None came, or what"
                                + " came is none.");
            }
            case EXPIRED ->
                Answers.problem(
                        exchange, 403, "ticket-expired", "The ticket has expired", "Ask the gateway for a new one.");
            case ANOTHERS ->
                Answers.problem(
                        exchange,
                        403,
                        "anothers-ticket",
                        "The ticket is for another vote",
                        "It is another voter's, or for another ballot, than this receipt.");
            case GOOD -> {
                Optional<OpeningDocument> opening = prover.open(ballotId, receipt, partition, offset);
                if (opening.isEmpty()) {
                    unknown(
                            exchange,
                            "No vote of this receipt on this ballot stands at this place of the log, or it is not sealed yet.");
                } else {
                    Answers.ok(
                            exchange,
                            "application/json",
                            Answers.Kept.NEVER,
                            Texts.JSON.writeValueAsString(opening.get()).getBytes(StandardCharsets.UTF_8));
                }
            }
        }
    }

    private static void notYet(HttpExchange exchange, String detail) throws IOException {
        exchange.getResponseHeaders().set("Retry-After", "5");
        Answers.problem(exchange, 503, "not-sealed-yet", "Not sealed yet", detail);
    }

    private static void unknown(HttpExchange exchange, String detail) throws IOException {
        Answers.problem(exchange, 404, "unknown-receipt", "Unknown receipt", detail);
    }

    private static Map<String, String> query(@Nullable String raw) {
        Map<String, String> query = new HashMap<>();
        if (raw != null) {
            for (String pair : raw.split("&", 20)) {
                int at = pair.indexOf('=');
                query.put(at < 0 ? pair : pair.substring(0, at), at < 0 ? "" : pair.substring(at + 1));
            }
        }
        return query;
    }

    private static @Nullable Long number(@Nullable String text) {
        return text != null && NUMBER.matcher(text).matches() ? Long.valueOf(text) : null;
    }
}
