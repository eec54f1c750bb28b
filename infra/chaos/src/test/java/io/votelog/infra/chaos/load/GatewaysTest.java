// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.votelog.infra.system.Secrets;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a sender knows after each kind of answer: the whole account rests on it. */
class GatewaysTest {
    private static final Sent VOTE =
            new Sent(new Sent.Key("one", new UUID(1, 2), List.of("a")), "somebody", true, Set.of());

    private final Ledger ledger = new Ledger();
    private HttpServer server;
    private volatile int status;
    private volatile String body = "";
    private Gateways gateways;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            if (status == 0) {
                exchange.close();
                return;
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        gateways = new Gateways(List.of(url), Secrets.drawn(), ledger);
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Answer answer(int with, String text) throws InterruptedException {
        status = with;
        body = text;
        return gateways.cast(0, VOTE);
    }

    private static String problem(String code) {
        return "{\"type\": \"urn:votelog:problem:%s\"}".formatted(code);
    }

    @Test
    void shouldKnowWhatIsRecordedAndWhatIsNot() throws Exception {
        assertThat(answer(202, "{\"partition\": 3, \"offset\": 17, \"receipt\": \"r\"}"))
                .isEqualTo(new Answer.Acked(new Place(3, 17), "r"));
        assertThat(answer(422, problem("rule-violations"))).isEqualTo(new Answer.Refused(422, "rule-violations"));
        Answer overloaded = answer(503, problem("overloaded"));
        assertThat(overloaded).isEqualTo(new Answer.Refused(503, "overloaded"));
        assertThat(((Answer.Refused) overloaded).isForNow()).isTrue();
        assertThat(ledger.oddities()).isEmpty();
        server.stop(0);
        assertThat(gateways.cast(0, VOTE)).isEqualTo(new Answer.Refused(0, "no connection"));
    }

    @Test
    void shouldNotKnowWhatNobodySays() throws Exception {
        assertThat(answer(503, problem("outcome-unknown"))).isEqualTo(new Answer.Unknown("outcome-unknown"));
        assertThat(answer(0, "")).isInstanceOf(Answer.Unknown.class);
        assertThat(ledger.oddities()).isEmpty();
    }

    @Test
    void shouldNoteAnswersThatNoGatewayMayGive() throws Exception {
        assertThat(answer(500, problem("internal-error"))).isInstanceOf(Answer.Unknown.class);
        assertThat(answer(202, "{}")).isInstanceOf(Answer.Unknown.class);
        assertThat(answer(400, "no problem document")).isInstanceOf(Answer.Unknown.class);
        assertThat(ledger.oddities()).hasSize(3);
    }
}
