// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.broker.Ports;
import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.TopicReader;
import io.votelog.infra.testing.WithKafka;
import io.votelog.schemas.Topics;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A gateway in its own process is stopped while votes come in on many connections. */
@WithKafka(freshTopics = true)
class ShutdownIT {
    private static final int CLIENTS = 16;

    @Test
    void shouldAnswerWhatIsUnderWayRefuseTheRestAndBeGoneWithinSeconds(KafkaBroker broker, @TempDir Path data)
            throws Exception {
        int port = Ports.anyFree(Set.of());
        ChildJvm child = ChildJvm.ofBootJar("gateway", Path.of("target/votelog-producer.jar"))
                .jvmArgs("-Xmx256m")
                .args(Gateway.arguments(
                                broker.bootstrapServers(),
                                Gateway.impatient(
                                        "--server.port=" + port,
                                        "--votelog.limits.user.rate=0",
                                        "--votelog.limits.votes.every=0",
                                        "--votelog.limits.address.rate=0"))
                        .toArray(String[]::new))
                .logFile(data.resolve("gateway.log"))
                .start();
        List<Thread> clients = new ArrayList<>();
        Map<Integer, AtomicInteger> statuses = new ConcurrentHashMap<>();
        Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
        Queue<String> unexpected = new ConcurrentLinkedQueue<>();
        AtomicBoolean stopped = new AtomicBoolean();
        try {
            Gateway gateway = Gateway.at(port);
            await().atMost(Duration.ofSeconds(60)).until(() -> !Ports.free(port));
            gateway.publishOpen("stopping");
            String token = gateway.token("alice", "");
            for (int c = 0; c < CLIENTS; c++) {
                Thread thread = new Thread(() -> {
                    HttpClient http = HttpClient.newBuilder()
                            .version(HttpClient.Version.HTTP_1_1)
                            .build();
                    while (!stopped.get()) {
                        try {
                            HttpResponse<String> answer = http.send(
                                    gateway.voteRequest(token, "stopping", "{\"choices\": [\"a1\", \"b1\"]}")
                                            .timeout(Duration.ofSeconds(20))
                                            .build(),
                                    BodyHandlers.ofString());
                            statuses.computeIfAbsent(answer.statusCode(), s -> new AtomicInteger())
                                    .incrementAndGet();
                            JsonNode body = Gateway.json(answer);
                            if (answer.statusCode() == 202) {
                                acknowledged.add(body.path("partition").intValue() + "/"
                                        + body.path("offset").longValue());
                            } else if (answer.statusCode() != 503
                                    || answer.headers()
                                            .firstValue("Retry-After")
                                            .isEmpty()) {
                                unexpected.add(answer.statusCode() + " " + answer.body());
                            }
                        } catch (IOException connectionEnded) {
                            // The vote was refused, or cut off before its answer: its outcome is unknown, and nothing
                            // was promised.
                        } catch (InterruptedException e) {
                            return;
                        }
                    }
                });
                thread.start();
                clients.add(thread);
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> acknowledged.size() > 2_000);

            assertThat(child.stop(Duration.ofSeconds(12)))
                    .as("it ended by itself")
                    .isTrue();
        } finally {
            stopped.set(true);
            for (Thread thread : clients) {
                thread.interrupt();
                thread.join();
            }
            child.kill();
        }
        assertThat(unexpected).isEmpty();
        assertThat(acknowledged).doesNotHaveDuplicates();
        List<String> logged = TopicReader.readAll(broker.bootstrapServers(), Topics.VOTES.name()).stream()
                .map(record -> record.partition() + "/" + record.offset())
                .collect(Collectors.toList());
        assertThat(logged).containsAll(acknowledged);
        assertThat(statuses.keySet()).as(statuses.toString()).contains(202).isSubsetOf(202, 503);
    }
}
