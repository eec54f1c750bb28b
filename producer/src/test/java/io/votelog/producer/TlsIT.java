// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static io.votelog.producer.Gateway.openBallot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The public port uses TLS when a Spring SSL bundle is named, without other settings. */
@WithKafka(freshTopics = true)
class TlsIT {
    private static final String PASSWORD = "changeit";

    @TempDir
    private static Path folder;

    private static Gateway gateway;
    private static Path keys;

    @BeforeAll
    static void start(KafkaBroker broker) throws Exception {
        keys = keyStore("gateway");
        gateway = Gateway.start(
                broker.bootstrapServers(),
                "--spring.ssl.bundle.jks.votelog.keystore.location=" + keys.toUri(),
                "--spring.ssl.bundle.jks.votelog.keystore.password=" + PASSWORD,
                "--spring.ssl.bundle.jks.votelog.keystore.type=PKCS12",
                "--server.ssl.bundle=votelog",
                "--votelog.request-timeout=3s");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void shouldTakeVotesOverTlsAndTellBrowsersToStayWithIt() throws Exception {
        HttpClient client = clientThatTrusts(keys);
        String operator = gateway.token("operator", "ballots:write");
        HttpResponse<String> published = send(
                client,
                request("/v1/ballots/secret")
                        .header("Authorization", "Bearer " + operator)
                        .PUT(BodyPublishers.ofString(openBallot("secret", "Secret"))));
        assertThat(published.statusCode()).as(published.body()).isEqualTo(201);
        HttpRequest.Builder vote = request("/v1/ballots/secret/votes")
                .header("Authorization", "Bearer " + gateway.token("alice", ""))
                .POST(BodyPublishers.ofString(RawRequest.CHOICES));
        HttpResponse<String> voted = send(client, vote);
        assertThat(voted.statusCode()).as(voted.body()).isEqualTo(202);
        HttpResponse<String> refused = send(client, vote.POST(BodyPublishers.ofString("{}")));
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
        HttpResponse<String> read = send(client, request("/v1/ballots").GET());
        assertThat(read.statusCode()).isEqualTo(200);
        for (HttpResponse<String> answer : List.of(voted, refused, read, published)) {
            assertThat(answer.headers().firstValue("Strict-Transport-Security")).hasValue("max-age=31536000");
        }
    }

    @Test
    void shouldAnswerEveryRequestBeforeTheEnd() throws Exception {
        String operator = gateway.token("operator", "ballots:write");
        assertThat(send(
                                clientThatTrusts(keys),
                                request("/v1/ballots/whole")
                                        .header("Authorization", "Bearer " + operator)
                                        .PUT(BodyPublishers.ofString(openBallot("whole", "Whole"))))
                        .statusCode())
                .isEqualTo(201);
        String voter = gateway.token("bob", "");
        UUID id = UUID.randomUUID();
        byte[] vote = RawRequest.vote("whole", voter, id).bytes();
        // An answer that does not wait for the body reaches a client that is still sending.
        for (int i = 0; i < 10; i++) {
            try (RawHttp http = overTls()) {
                http.send(RawRequest.vote("whole", voter, id)
                        .body("")
                        .framing("Content-Length: 1000000")
                        .header("Connection: close")
                        .bytes());
                http.send("x".repeat(100_000));
                RawHttp.Answer early = http.next().orElseThrow();
                assertThat(early.status()).as(early.text()).isEqualTo(413);
            }
        }
        // A client that half-closes is answered, and so are requests ahead of one that asks for the end.
        byte[] last =
                RawRequest.vote("whole", voter, id).header("Connection: close").bytes();
        try (RawHttp halfClosed = overTls();
                RawHttp closing = overTls()) {
            halfClosed.send(vote);
            halfClosed.send(vote);
            halfClosed.end();
            assertThat(halfClosed.untilClosed())
                    .extracting(RawHttp.Answer::status)
                    .containsExactly(202, 202);
            closing.send(vote);
            closing.send(vote);
            closing.send(last);
            assertThat(closing.untilClosed()).extracting(RawHttp.Answer::status).containsExactly(202, 202, 202);
        }
    }

    private static RawHttp overTls() throws IOException, GeneralSecurityException {
        return RawHttp.on(contextThatTrusts(keys)
                .getSocketFactory()
                .createSocket("localhost", gateway.at("/").getPort()));
    }

    @Test
    void shouldNotSpeakWithClientsThatTrustOthers() throws Exception {
        HttpClient stranger = clientThatTrusts(keyStore("other"));
        assertThatThrownBy(() -> send(stranger, request("/v1/ballots").GET()))
                .isInstanceOf(SSLHandshakeException.class);
    }

    @Test
    void shouldCloseConnectionsThatAreNotTls() {
        try (RawHttp http = RawHttp.to(gateway.at("/"))) {
            http.send(RawRequest.vote("secret", "token", UUID.randomUUID()).bytes());
            assertClosedInTheClear(http);
        }
        // Connections that send nothing at all are closed too.
        try (RawHttp http = RawHttp.to(gateway.at("/"))) {
            assertClosedInTheClear(http);
        }
    }

    /** Asserts that no answer comes; a TLS alert may, which is no HTTP. */
    private static void assertClosedInTheClear(RawHttp http) {
        assertThat(new String(http.rest(), StandardCharsets.ISO_8859_1)).doesNotContain("HTTP");
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                        URI.create("https://localhost:" + gateway.at("/").getPort() + path))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/json");
    }

    private static HttpResponse<String> send(HttpClient client, HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    /** A new key with a certificate of its own for localhost, made by the JDK's keytool. */
    private static Path keyStore(String name) throws IOException, InterruptedException {
        Path file = folder.resolve(name + ".p12");
        Path said = folder.resolve(name + ".txt");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        name,
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-validity",
                        "30",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=dns:localhost,ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).as(Files.readString(said)).isZero();
        return file;
    }

    private static HttpClient clientThatTrusts(Path keyStore) throws IOException, GeneralSecurityException {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(contextThatTrusts(keyStore))
                .build();
    }

    private static SSLContext contextThatTrusts(Path keyStore) throws IOException, GeneralSecurityException {
        KeyStore own = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keyStore)) {
            own.load(in, PASSWORD.toCharArray());
        }
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        String alias = own.aliases().nextElement();
        trusted.setCertificateEntry(alias, own.getCertificate(alias));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
