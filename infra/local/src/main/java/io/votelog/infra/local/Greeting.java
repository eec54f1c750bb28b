package io.votelog.infra.local;

import java.net.URI;

/** What is said when everything runs: where it is, and what to try. */
final class Greeting {
    private Greeting() {}

    /** The addresses of one ballot. */
    static String text(String ballotId, App producer, App streams, String kafka) {
        URI write = producer.http().url();
        URI read = streams.http().url();
        return """

                %1$s
                  ballot API    %2$s/v1/ballots/%1$s
                  results       %3$s/v1/ballots/%1$s/results
                  stream        %3$s/v1/ballots/%1$s/results/stream
                  results page  %3$s/ballots/%1$s/results
                  health        %4$s/actuator/health  %5$s/actuator/health
                  Kafka         %6$s"""
                .formatted(
                        ballotId,
                        write,
                        read,
                        producer.management().url(),
                        streams.management().url(),
                        kafka);
    }

    /** A vote on the seed's ballot, from the token to the results, as lines for a shell. */
    static String toTry(String ballotId, App producer, App streams) {
        return """

                Try it:
                  TOKEN=$(curl -s %2$s/dev/token -H 'Content-Type: application/json' -d '{"userId":"ada"}' | grep -o '"token":"[^"]*' | cut -d'"' -f4)
                  VOTE=$(curl -s %2$s/v1/ballots/%1$s/votes -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"choices":["01","25"]}'); echo "$VOTE"
                  curl -s -H 'Prefer: wait=5' %3$s/v1/ballots/%1$s/receipts/$(echo "$VOTE" | grep -o '"receipt":"[^"]*' | cut -d'"' -f4)
                  curl -s %3$s/v1/ballots/%1$s/results
                """
                .formatted(ballotId, producer.http().url(), streams.http().url());
    }
}
