// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Asks apps whether they are ready. */
final class Health {
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(5);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PROBE_TIMEOUT)
            .build();

    /** An interrupt ends it, with the answer that it is not, and stays set. */
    boolean ready(Instance instance) {
        HttpRequest request = HttpRequest.newBuilder(instance.management().url().resolve("/actuator/health/readiness"))
                .timeout(PROBE_TIMEOUT)
                .build();
        try {
            HttpResponse<Void> answer = http.send(request, BodyHandlers.discarding());
            return answer.statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
