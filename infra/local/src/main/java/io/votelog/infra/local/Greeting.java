// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import io.votelog.infra.system.Instance;
import io.votelog.infra.system.secure.SystemSecurity;
import io.votelog.schemas.cluster.Role;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** What is said when everything runs: where it is, and what to try. */
final class Greeting {
    private Greeting() {}

    /** The addresses of one ballot. */
    static String addresses(String ballotId, Instance producer, Instance streams) {
        return """

                %1$s
                  ballot page   %2$s/ballots/%1$s
                  results page  %3$s/ballots/%1$s/results
                  ballot API    %2$s/v1/ballots/%1$s
                  results       %3$s/v1/ballots/%1$s/results
                  stream        %3$s/v1/ballots/%1$s/results/stream"""
                .formatted(ballotId, producer.http().url(), streams.http().url());
    }

    /** What serves every ballot. */
    static String underneath(List<Instance> apps, List<URI> sealed, Path sealedLogKeys, String kafka) {
        StringBuilder text = new StringBuilder("\n");
        for (Instance app : apps) {
            text.append("%-15s %s, health %s/actuator/health%n"
                    .formatted(app.name(), app.http().url(), app.management().url()));
        }
        if (!sealed.isEmpty()) {
            text.append("%-15s %s, its public keys: %s%n"
                    .formatted(
                            "sealed log",
                            sealed.stream().map(URI::toString).collect(Collectors.joining(" and ")),
                            sealedLogKeys));
        }
        text.append("%-15s %s%n".formatted("Kafka", kafka));
        return text.append("%-15s %s (%s), which all of them run on"
                        .formatted("JDK", System.getProperty("java.version"), System.getProperty("java.home")))
                .toString();
    }

    /** Where it is watched over. */
    static String observed(URI prometheus) {
        return "%-15s %s, what fires: %s/alerts".formatted("Prometheus", prometheus, prometheus);
    }

    /** What whoever connects to a secured system needs. */
    static String secured(SystemSecurity security) {
        return """
                %-15s %s issued the certificates; let browsers and clients trust it
                %-15s %s, for Kafka's tools and the auditor (--command-config)"""
                .formatted("Trust", security.authority(), "Who reads", security.settingsFile(Role.AUDITOR));
    }

    /**
     * A vote on the seed's ballot, from the token to the results, as lines for a shell.
     *
     * @param curl the command, with the options that all calls have
     */
    static String toTry(String ballotId, Instance producer, Instance streams, boolean givesTokens, String curl) {
        String token = givesTokens
                ? "TOKEN=$(%s %s/dev/token -H 'Content-Type: application/json' -d '{\"userId\":\"ada\"}' | grep -o '\"token\":\"[^\"]*' | cut -d'\"' -f4)"
                        .formatted(curl, producer.http().url())
                : "TOKEN=…  # from the issuer that is trusted here (votelog.auth)";
        return """

                Try it:
                  %4$s
                  VOTE=$(%5$s %2$s/v1/ballots/%1$s/votes -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"choices":["01","25"]}'); echo "$VOTE"
                  %5$s -H 'Prefer: wait=5' %3$s/v1/ballots/%1$s/receipts/$(echo "$VOTE" | grep -o '"receipt":"[^"]*' | cut -d'"' -f4)
                  %5$s %3$s/v1/ballots/%1$s/results
                """
                .formatted(ballotId, producer.http().url(), streams.http().url(), token, curl);
    }
}
