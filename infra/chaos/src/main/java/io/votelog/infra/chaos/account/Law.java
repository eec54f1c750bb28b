// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.account;

/** What must hold after a run, as the table names what offends. */
public enum Law {
    LOST("acknowledged votes that the log does not have where it was said"),
    ACKED_TWICE("places that were acknowledged for two requests"),
    REFUSED_IN_LOG("refused votes in the log"),
    TOO_OFTEN_IN_LOG("votes more often in the log than requests could have brought them there"),
    STRANGER("votes in the log that nobody sent"),
    NOT_DENSE("gaps between the offsets of votes"),
    NO_VERDICT("votes without a verdict"),
    VERDICT_TWICE("votes with more than one verdict"),
    OTHER_VERDICT("verdicts that are not the recount's"),
    VERDICT_ON_NOTHING("verdicts on what is no vote"),
    COUNTED_TWICE("voters with two votes that count"),
    UNEXPECTED("votes that came to what their script does not allow"),
    VERDICT_CHANGED("verdicts that a receipt told and that are others now"),
    RECEIPT("receipts that do not tell the verdict at the end"),
    DEAD_LETTER("poison that was not put aside as it must be, or what was put aside and is none"),
    ANNULMENT("acknowledged annulments that the log does not have"),
    WENT_BACK("totals that went back for a reader"),
    RESULTS("figures of results that are not the recount's"),
    NOT_DRAINED("what was not counted, ended or committed when nothing was broken any more"),
    NOT_RECOVERED("faults that the system did not get over, and parts that died by themselves"),
    ODD_ANSWER("answers that no server may give"),
    AUDITOR("what the auditor does not pass");

    private final String title;

    Law(String title) {
        this.title = title;
    }

    public String title() {
        return title;
    }
}
