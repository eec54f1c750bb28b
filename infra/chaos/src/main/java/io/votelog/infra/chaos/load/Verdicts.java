// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.load;

import io.votelog.rules.Reason;

/** The words that verdicts are told in here: {@code ACCEPTED}, {@code RETRIED}, or the reason of a rejection. */
public final class Verdicts {
    public static final String ACCEPTED = "ACCEPTED";
    public static final String RETRIED = "RETRIED";
    public static final String CLOSED = Reason.CLOSED.name();
    public static final String ALREADY_VOTED = Reason.ALREADY_VOTED.name();
    public static final String VOTE_ID_REUSED = Reason.VOTE_ID_REUSED.name();

    private Verdicts() {}
}
