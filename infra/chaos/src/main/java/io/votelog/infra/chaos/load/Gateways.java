// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.load;

import io.votelog.infra.system.Pseudonyms;
import io.votelog.infra.system.Secrets;
import io.votelog.infra.system.Tokens;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The gateways as voters and organisers call them. Safe for use by many threads. */
public final class Gateways {
    /** The scope of who publishes and closes ballots. */
    static final String ORGANISER = "ballots:write";

    private static final String ANNULLER = "votes:annul";
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();
    private final List<URI> urls;
    private final Tokens tokens;
    private final byte[] pepper;
    private final Ledger ledger;

    /**
     * @param urls of all gateways, alive or not
     * @param secrets that they were told
     * @param ledger is told of answers that no gateway may give
     */
    public Gateways(List<URI> urls, Secrets secrets, Ledger ledger) {
        this.urls = List.copyOf(urls);
        this.tokens = new Tokens(secrets.hs256(), null, null, Clock.systemUTC());
        this.pepper = Base64.getDecoder().decode(secrets.pepper());
        this.ledger = ledger;
    }

    int count() {
        return urls.size();
    }

    List<URI> urls() {
        return urls;
    }

    HttpClient http() {
        return http;
    }

    String token(String user, String scope) {
        synchronized (tokens) {
            return tokens.token(user, scope);
        }
    }

    /** The id that gateways give this voter's vote for these choices, in whatever order, where it comes without one. */
    UUID derivedId(String ballotId, String voter, List<String> choices) {
        Pseudonyms pseudonyms = new Pseudonyms(pepper, ballotId);
        return pseudonyms.voteId(pseudonyms.of(voter), choices);
    }

    /** Casts a vote once. */
    public Answer cast(int gateway, Sent vote) throws InterruptedException {
        HttpRequest.Builder request = request(
                        gateway, "/v1/ballots/" + vote.key().ballotId() + "/votes", token(vote.voter(), ""))
                .POST(BodyPublishers.ofByteArray(
                        JSON.writeValueAsBytes(Map.of("choices", vote.key().choices()))));
        if (vote.named()) {
            request.header("Idempotency-Key", vote.key().voteId().toString());
        }
        return send(request.build());
    }

    /** Asks once for an annulment of the vote with that receipt. */
    Answer annul(int gateway, String ballotId, String receipt) throws InterruptedException {
        return send(request(gateway, "/v1/ballots/" + ballotId + "/annulments", token("chaos-annuller", ANNULLER))
                .POST(BodyPublishers.ofByteArray(
                        JSON.writeValueAsBytes(Map.of("receipt", receipt, "reason", "annulled by infra/chaos"))))
                .build());
    }

    /** Asks once for a ballot to be closed; says whether that is certain now. */
    boolean close(int gateway, String ballotId) throws InterruptedException {
        try {
            HttpResponse<String> answer = http.send(
                    request(gateway, "/v1/ballots/" + ballotId + "/close", token("chaos-organiser", ORGANISER))
                            .POST(BodyPublishers.noBody())
                            .build(),
                    BodyHandlers.ofString());
            return answer.statusCode() == 202;
        } catch (IOException e) {
            return false;
        }
    }

    private HttpRequest.Builder request(int gateway, String path, String token) {
        return HttpRequest.newBuilder(urls.get(gateway).resolve(path))
                .timeout(ANSWER)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json");
    }

    private Answer send(HttpRequest request) throws InterruptedException {
        HttpResponse<String> answer;
        try {
            answer = http.send(request, BodyHandlers.ofString());
        } catch (ConnectException e) {
            return new Answer.Refused(0, "no connection");
        } catch (IOException e) {
            return new Answer.Unknown(e.getClass().getSimpleName());
        }
        JsonNode body;
        try {
            body = JSON.readTree(answer.body());
        } catch (JacksonException e) {
            body = JSON.createObjectNode();
        }
        return read(request, answer.statusCode(), body);
    }

    private Answer read(HttpRequest request, int status, JsonNode body) {
        if (status == 202) {
            int partition = body.path("partition").intValue(-1);
            long offset = body.path("offset").longValue(-1);
            String receipt = body.path("receipt").stringValue("");
            if (partition < 0 || offset < 0 || receipt.isEmpty()) {
                ledger.odd("%s answers 202 with %s".formatted(request.uri(), body));
                return new Answer.Unknown("202 without a place");
            }
            if (body.has("promise")) {
                ledger.promised(body.toString());
            }
            return new Answer.Acked(new Place(partition, offset), receipt);
        }
        String code = body.path("type").stringValue("").replaceFirst("^urn:votelog:problem:", "");
        if (code.equals("outcome-unknown")) {
            return new Answer.Unknown(code);
        }
        if (code.isEmpty() || status >= 500 && status != 503) {
            ledger.odd("%s answers %d with %s".formatted(request.uri(), status, body));
            return new Answer.Unknown("status " + status);
        }
        return new Answer.Refused(status, code);
    }
}
