// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.ballots;

import java.time.Instant;

/** What a ballot's life asks for next. It depends on what the catalogue says and the time alone, so any gateway can do it. */
public sealed interface NextStep {
    /** Write the definition into every partition. */
    record Publish() implements NextStep {}

    /** Write the early close into every partition. */
    record Close() implements NextStep {}

    /** Write the end into every partition. */
    record End() implements NextStep {}

    /** Nothing before that moment. */
    record Wait(Instant until) implements NextStep {}

    /** Nothing more, ever. */
    record Done() implements NextStep {}

    /** The next step of this ballot at this moment. */
    static NextStep of(ListedBallot ballot, Instant now) {
        if (!ballot.published()) {
            return new Publish();
        }
        if (ballot.closed() || ballot.ended()) {
            return new Done();
        }
        if (ballot.closing()) {
            return new Close();
        }
        Instant closesAt = ballot.ballot().closesAt();
        return now.isBefore(closesAt) ? new Wait(closesAt) : new End();
    }
}
