// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.chaos.load.Answer;
import io.votelog.infra.chaos.load.Ledger;
import io.votelog.infra.chaos.load.Place;
import io.votelog.infra.chaos.load.Sent;
import io.votelog.infra.chaos.load.Verdicts;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** An account that finds nothing on a broken log would be worth nothing: each law is broken here once. */
class ChecksTest {
    private static final Set<String> COUNTS = Set.of(Verdicts.ACCEPTED, Verdicts.RETRIED, Verdicts.CLOSED);

    private final DrawnLog log = new DrawnLog();
    private final Ledger ledger = new Ledger();
    private final Sent.Key first = DrawnLog.vote(1, "a", "b");
    private final Sent.Key second = DrawnLog.vote(2, "b", "c");

    private Sent sent(Sent.Key vote, Answer... answers) {
        Sent sent = ledger.begin(new Sent(vote, "somebody", true, COUNTS));
        for (Answer answer : answers) {
            sent.answered(answer);
        }
        return sent;
    }

    private static Answer acked(Place place, int voter, Sent.Key vote) {
        return new Answer.Acked(place, DrawnLog.receipt(voter, vote));
    }

    /** What offends, law by law, of those that are offended at all. */
    private Map<Law, Integer> offences() {
        Offences offences = new Offences();
        Recount recount = log.recount();
        new SendersCheck(ledger, recount, offences).run();
        VerdictsCheck verdicts = new VerdictsCheck(ledger, recount, offences);
        log.decisions().forEach(verdicts::takeDecision);
        verdicts.run();
        Map<Law, Integer> all = new TreeMap<>();
        for (Law law : Law.values()) {
            if (!offences.of(law).isEmpty()) {
                all.put(law, offences.of(law).size());
            }
        }
        return all;
    }

    @Test
    void shouldFindNothingOnAnHonestLog() {
        Place counted = log.cast(1, first);
        Place again = log.cast(1, first);
        Place unknown = log.cast(2, second);
        Sent.Key late = DrawnLog.vote(3, "a", "c");
        log.close();
        Place behind = log.cast(3, late);
        log.decide(counted, first, Verdicts.ACCEPTED);
        log.decide(again, first, Verdicts.RETRIED);
        log.decide(unknown, second, Verdicts.ACCEPTED);
        log.decide(behind, late, Verdicts.CLOSED);
        sent(first, acked(counted, 1, first), acked(again, 1, first));
        sent(second, new Answer.Unknown("no answer"), new Answer.Refused(503, "overloaded"));
        sent(late, acked(behind, 3, late));
        sent(DrawnLog.vote(4, "a", "b"), new Answer.Refused(403, "closed"));

        assertThat(offences()).isEmpty();
    }

    @Test
    void shouldFindAnAcknowledgedVoteThatIsNotThereOrAnother() {
        Place place = log.cast(1, first);
        log.decide(place, first, Verdicts.ACCEPTED);
        sent(first, acked(place, 1, first));
        sent(second, acked(new Place(0, 7), 2, second));
        assertThat(offences()).isEqualTo(Map.of(Law.LOST, 1));

        sent(DrawnLog.vote(3, "a", "c"), acked(place, 3, DrawnLog.vote(3, "a", "c")));
        assertThat(offences()).isEqualTo(Map.of(Law.LOST, 2, Law.ACKED_TWICE, 1));
    }

    @Test
    void shouldFindWhatIsInTheLogAndWasRefusedOrNotSentSoOften() {
        Place refused = log.cast(1, first);
        Place once = log.cast(2, second);
        Place twice = log.cast(2, second);
        Place stranger = log.cast(3, DrawnLog.vote(3, "a", "c"));
        log.decide(refused, first, Verdicts.ACCEPTED);
        log.decide(once, second, Verdicts.ACCEPTED);
        log.decide(twice, second, Verdicts.RETRIED);
        log.decide(stranger, DrawnLog.vote(3, "a", "c"), Verdicts.ACCEPTED);
        sent(first, new Answer.Refused(503, "unavailable"));
        sent(second, acked(once, 2, second));

        assertThat(offences()).isEqualTo(Map.of(Law.REFUSED_IN_LOG, 1, Law.TOO_OFTEN_IN_LOG, 1, Law.STRANGER, 1));
    }

    @Test
    void shouldFindVerdictsThatAreMissingDoubleWrongOrOnNothing() {
        Place none = log.cast(1, first);
        Place two = log.cast(2, second);
        Sent.Key third = DrawnLog.vote(3, "a", "c");
        Place wrong = log.cast(2, third);
        log.decide(two, second, Verdicts.ACCEPTED);
        log.decide(two, second, Verdicts.ACCEPTED);
        log.decide(wrong, third, Verdicts.ACCEPTED);
        log.decide(new Place(0, 9), third, Verdicts.ACCEPTED);
        sent(first, acked(none, 1, first));
        sent(second, acked(two, 2, second));
        sent(third, acked(wrong, 2, third));

        assertThat(offences())
                .isEqualTo(Map.of(
                        Law.NO_VERDICT, 1,
                        Law.VERDICT_TWICE, 1,
                        Law.OTHER_VERDICT, 1,
                        Law.VERDICT_ON_NOTHING, 1,
                        Law.COUNTED_TWICE, 1,
                        Law.UNEXPECTED, 1));
    }

    @Test
    void shouldFindPoisonThatWasTakenForAVote() {
        Place place = log.append(DrawnLog.voter(1).bytes(), new byte[] {1, 2, 3});
        ledger.wrote(new Ledger.Foreign("noise", place, "dead letter UNDECODABLE", new byte[] {1, 2, 3}));
        log.decide(place, first, Verdicts.ACCEPTED);

        // Once since it is no dead letter, and once since it came to something else than its writer knows.
        assertThat(offences()).isEqualTo(Map.of(Law.DEAD_LETTER, 2));
    }

    @Test
    void shouldCountAndFindEveryFigureThatIsAnother() {
        log.cast(1, first);
        log.cast(1, first);
        log.cast(1, second);
        log.cast(2, second);
        log.annul(2, second);
        log.annul(2, second);
        log.cast(3, DrawnLog.vote(5, "a"));
        log.close();
        log.cast(4, DrawnLog.vote(6, "a", "b"));
        BallotCount count = log.recount().counts().get(DrawnLog.BALLOT_ID);
        String right =
                """
                {"revision": 1,
                 "turnout": {"received": 5, "accepted": 2, "retried": 1, "rejected": 2, "annulled": 1, "late": 1,
                             "rejectedByReason": {"ALREADY_VOTED": 1, "TOO_FEW_PICKS": 1}},
                 "sections": [{"options": [{"id": "a", "votes": 1}, {"id": "b", "votes": 1}, {"id": "c", "votes": 0}]}]}
                """;
        assertThat(differences(count, right)).isZero();
        for (String figure : new String[] {
            "\"revision\": 1",
            "\"received\": 5",
            "\"accepted\": 2",
            "\"retried\": 1",
            "\"rejected\": 2",
            "\"annulled\": 1",
            "\"late\": 1",
            "\"ALREADY_VOTED\": 1",
            "\"id\": \"c\", \"votes\": 0"
        }) {
            String wrong = right.replace(figure, figure.substring(0, figure.length() - 1) + "9");
            assertThat(differences(count, wrong)).as(figure).isEqualTo(1);
        }
        assertThat(differences(count, right.replace("TOO_FEW_PICKS", "TOO_MANY_PICKS")))
                .isEqualTo(2);
    }

    private static int differences(BallotCount count, String results) {
        return count.differencesOf(new JsonMapper().readTree(results)).size();
    }
}
