// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.promises;

import io.votelog.producer.crypto.GatewayKey;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.promise.OpeningTicket;
import java.time.Clock;
import java.time.Duration;

/** Gives voters who have signed in tickets with which a sealer shows them what the log has as their choices, where that is allowed. */
public final class OpeningTickets {
    private final GatewayKey key;
    private final boolean enabled;
    private final Duration validFor;
    private final Clock clock;

    OpeningTickets(GatewayKey key, OpeningSettings settings, Clock clock) {
        this.key = key;
        this.enabled = settings.enabled();
        this.validFor = settings.validFor();
        this.clock = clock;
    }

    /** Whether there are any. */
    public boolean enabled() {
        return enabled;
    }

    /** A ticket for the votes of this voter on this ballot. */
    public OpeningTicket.Signed ticket(String ballotId, Pseudonym voter) {
        OpeningTicket ticket = new OpeningTicket(
                ballotId, voter, clock.instant().plus(validFor).toEpochMilli());
        return new OpeningTicket.Signed(ticket, key.sign(ticket.bytes()), key.record());
    }
}
