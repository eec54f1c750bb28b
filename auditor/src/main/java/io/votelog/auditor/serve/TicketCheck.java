// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.serve;

import io.votelog.auditor.tlog.Ed25519;
import io.votelog.events.GatewayKeyNamed;
import io.votelog.schemas.ControlRecord;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.promise.OpeningTicket;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;

/**
 * Checks the tickets with which gateways send voters who want to see their choices: a key of the log names the gateway's key, which signed that
 * this voter has signed in.
 *
 * @param keys that name gateways' keys
 */
record TicketCheck(LogKeys keys, Clock clock) {
    /** No gateway gives tickets for longer than an hour; brokers' clocks may be apart by some minutes. */
    private static final long LONGEST_MS = Duration.ofMinutes(70).toMillis();

    /** What a ticket is worth. */
    enum Worth {
        /** It is for this vote. */
        GOOD,
        /** It is none, or of another log. */
        NONE,
        /** It was good, or is for longer than any gateway gives. */
        EXPIRED,
        /** It is another voter's, or for another ballot. */
        ANOTHERS
    }

    Worth of(String text, String ballotId, Receipt receipt) {
        OpeningTicket.Signed signed = OpeningTicket.Signed.parse(text).orElse(null);
        if (signed == null || !isSigned(signed)) {
            return Worth.NONE;
        }
        OpeningTicket ticket = signed.ticket();
        if (!ticket.ballotId().equals(ballotId) || !ticket.voter().equals(receipt.voter())) {
            return Worth.ANOTHERS;
        }
        long leftMs = ticket.expiresAtMs() - clock.millis();
        return leftMs < 0 || leftMs > LONGEST_MS ? Worth.EXPIRED : Worth.GOOD;
    }

    private boolean isSigned(OpeningTicket.Signed signed) {
        try {
            GatewayKeyNamed event = Events.decode(signed.keyRecord(), GatewayKeyNamed.class);
            return ControlRecord.inBallots(event, signed.keyRecord()).orElse(null)
                            instanceof ControlRecord.GatewayKey key
                    && key.signedBy(keys)
                    && Ed25519.verifies(
                            Ed25519.publicKey(key.publicKey()), signed.ticket().bytes(), signed.signature());
        } catch (MalformedEventException | GeneralSecurityException e) {
            return false;
        }
    }
}
