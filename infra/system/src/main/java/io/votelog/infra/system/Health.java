// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Asks processes whether they are ready. */
public final class Health {
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(5);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PROBE_TIMEOUT)
            .build();

    /** Whether a part of Votelog says that it is ready, as {@link #answers}. */
    public boolean ready(Address management) {
        return answers(management.url().resolve("/actuator/health/readiness"));
    }

    /** Whether the answer has the status 200. An interrupt ends the wait, with the answer that it has not, and stays set. */
    public boolean answers(URI probe) {
        HttpRequest request =
                HttpRequest.newBuilder(probe).timeout(PROBE_TIMEOUT).build();
        try {
            return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
