// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.votelog.infra.broker.Ports;
import io.votelog.infra.system.proxy.ProxyProcess;
import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.Seeds;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.infra.testing.WithKafka;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.nist.ElectionReport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two instances behind the proxy of {@code infra/compose}, which keeps results for a second: nobody gets another's answer, or an older one than they have seen. */
@WithKafka(freshTopics = true)
@WholeSystem
final class CachingProxyIT {
    private static final String ALLOWED = "https://results.example";
    private static final String ALLOWED_TOO = "https://newspaper.example";
    private static final int DRAWS = 400;
    private static final String ROUTE = "uri=\"/v1/ballots/{ballotId}/results\"";

    private static final List<String> PATHS = List.of("results", "results.csv", "results.csv?lang=en", "turnout");
    private static final List<String> ORIGINS = List.of("", ALLOWED, ALLOWED_TOO, "https://stranger.example");
    private static final List<String> TYPES =
            List.of(ElectionReport.MEDIA_TYPE, "", "application/json", "text/csv", "text/csv;q=0.5, */*");
    private static final List<String> LANGUAGES = List.of("", "en", "zh-CN", "fr, zh;q=0.5, en;q=0.2");
    private static final List<String> CODINGS = List.of("", "gzip", "gzip;q=0", "br, gzip;q=0.3");

    /** What an answer is, beside its body. */
    private static final List<String> HEADERS = List.of(
            "Content-Type",
            "Content-Encoding",
            "Content-Disposition",
            "Content-Language",
            "Cache-Control",
            "ETag",
            "Vary",
            "Votelog-Live",
            "Access-Control-Allow-Origin",
            "Access-Control-Expose-Headers");

    @Test
    void shouldGiveEachReaderWhatAnInstanceWouldHaveGiven(
            KafkaBroker broker, @TempDir Path oneState, @TempDir Path otherState, @TempDir Path proxyFolder)
            throws Exception {
        assumeTrue(ProxyProcess.program().isPresent(), "nginx is not installed: the caching proxy is not tried");
        String[] settings = {
            "--votelog.cors.allowed-origins=" + ALLOWED + "," + ALLOWED_TOO,
            "--votelog.limits.trusted-proxies=127.0.0.1",
            "--votelog.limits.reads.rate=0"
        };
        try (LogWriter log = new LogWriter(broker.bootstrapServers());
                RunningApp one = RunningApp.start(broker.bootstrapServers(), "cached-it", oneState, settings);
                RunningApp other = RunningApp.startChild(
                        broker.bootstrapServers(), "cached-it", otherState, child -> {}, settings);
                ProxyProcess proxy = ProxyProcess.start(
                        Path.of(".."), proxyFolder, Ports.anyFree(Set.of()), List.of(one.port(), other.port()))) {
            BallotDefinition ballot = log.publishOpen("cached");
            for (int partition = 0; partition < LogWriter.PARTITIONS; partition++) {
                log.vote("cached", log.voterOf(partition), log.voteId(), "a1", "b1");
            }
            ResultsIT.awaitReceived(one, "cached", LogWriter.PARTITIONS);
            ResultsIT.awaitReceived(other, "cached", LogWriter.PARTITIONS);

            everyFormIsItsOwn(one, proxy);
            manyReadersAreOneRequest(one, other, proxy);
            nobodyIsShownAnythingOlder(log, one, other, proxy);
            log.close(ballot);
        }
    }

    private static void everyFormIsItsOwn(RunningApp one, ProxyProcess proxy) throws Exception {
        Random random = new Random(Seeds.upTo(1).findFirst().orElseThrow());
        Set<String> kept = new TreeSet<>();
        Set<String> given = new TreeSet<>();
        for (int n = 0; n < DRAWS; n++) {
            String path = "/v1/ballots/cached/" + draw(PATHS, random);
            String method = random.nextInt(8) == 0 ? "HEAD" : "GET";
            List<String> headers = new ArrayList<>();
            add(headers, "Origin", draw(ORIGINS, random));
            add(headers, "Accept", draw(TYPES, random));
            add(headers, "Accept-Language", draw(LANGUAGES, random));
            add(headers, "Accept-Encoding", draw(CODINGS, random));
            HttpResponse<byte[]> direct = send(method, one.port(), path, headers);
            boolean moves = path.endsWith("turnout");
            String expected = shown(direct, moves);
            for (int again = 0; again < 2; again++) {
                HttpResponse<byte[]> cached = send(method, proxy.port(), path, headers);
                assertThat(shown(cached, moves))
                        .as("%s %s %s", method, path, headers)
                        .isEqualTo(expected);
            }
            kept.add(path + headers);
            given.add(expected);
        }
        assertThat(kept).hasSizeGreaterThan(DRAWS / 2);
        assertThat(given).as("answers that differ").hasSizeGreaterThan(20);
        HttpResponse<byte[]> unknown = send("GET", proxy.port(), "/v1/ballots/unheard-of/results", List.of());
        assertThat(unknown.statusCode()).isEqualTo(404);
    }

    private static void manyReadersAreOneRequest(RunningApp one, RunningApp other, ProxyProcess proxy)
            throws Exception {
        double before = asked(one) + asked(other);
        long began = System.nanoTime();
        int readers = 2_000;
        for (int n = 0; n < readers; n++) {
            assertThat(send("GET", proxy.port(), "/v1/ballots/cached/results", List.of())
                            .statusCode())
                    .isEqualTo(200);
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        double reached = asked(one) + asked(other) - before;
        System.out.printf("%d readers in %.1f s were %.0f requests to both instances%n", readers, seconds, reached);
        assertThat(reached).isBetween(1.0, seconds + 2);
    }

    /** Votes come in; a reader who has seen results at an instance asks the proxy for newer ones. */
    private static void nobodyIsShownAnythingOlder(LogWriter log, RunningApp one, RunningApp other, ProxyProcess proxy)
            throws Exception {
        int newer = 0;
        for (int n = 0; n < 300; n++) {
            log.vote("cached", log.voterOf(n % LogWriter.PARTITIONS), log.voteId(), "a1", "b1");
            // Others keep the cache warm.
            send("GET", proxy.port(), "/v1/ballots/cached/results", List.of());
            RunningApp seenAt = n % 2 == 0 ? one : other;
            HttpResponse<byte[]> seen = send("GET", seenAt.port(), "/v1/ballots/cached/results", List.of());
            HttpResponse<byte[]> next = send(
                    "GET",
                    proxy.port(),
                    "/v1/ballots/cached/results",
                    List.of("If-None-Match", seen.headers().firstValue("ETag").orElseThrow()));
            if (next.statusCode() != 304) {
                assertThat(next.statusCode()).isEqualTo(200);
                assertThat(version(next)).isGreaterThan(version(seen));
                newer++;
            }
        }
        System.out.printf("of 300 readers who had seen results %d were shown newer ones, and none older ones%n", newer);
    }

    private static long version(HttpResponse<byte[]> answer) {
        return RunningApp.JSON.readTree(answer.body()).path("version").asLong();
    }

    private static double asked(RunningApp app) {
        return app.metric("http_server_requests_seconds_count").entrySet().stream()
                .filter(series -> series.getKey().contains(ROUTE))
                .mapToDouble(series -> series.getValue())
                .sum();
    }

    /** @param moves whether the content goes on with the time, so that what was kept may be older */
    private static String shown(HttpResponse<byte[]> answer, boolean moves) {
        List<String> headers = HEADERS.stream()
                .filter(name -> !moves || !name.equals("ETag"))
                .flatMap(name -> Stream.of(name + ": "
                        + answer.headers().allValues(name).stream().sorted().toList()))
                .toList();
        boolean ours = answer.statusCode() < 400 && !moves;
        // A problem names its own request, and no cache keeps it.
        return answer.statusCode() + " " + headers + " " + (ours ? Arrays.hashCode(answer.body()) : "");
    }

    private static void add(List<String> headers, String name, String value) {
        if (!value.isEmpty()) {
            headers.addAll(List.of(name, value));
        }
    }

    private static String draw(List<String> of, Random random) {
        return of.get(random.nextInt(of.size()));
    }

    private static HttpResponse<byte[]> send(String method, int port, String path, List<String> headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, BodyPublishers.noBody());
        if (!headers.isEmpty()) {
            request.headers(headers.toArray(String[]::new));
        }
        return RunningApp.HTTP.send(request.build(), BodyHandlers.ofByteArray());
    }
}
