// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.ballots;

import io.votelog.web.problem.ProblemException;
import java.util.Set;

/**
 * The body of a request to close a ballot, which must say nothing: a client that sent a time or a reason would believe that it
 * was heard.
 */
public final class CloseBody {
    /** The most bytes of a body. */
    public static final int MAX_BYTES = 1024;

    private CloseBody() {}

    /** @throws ProblemException 400 unless the body is empty, or an object without fields */
    public static void requireNothing(byte[] body) {
        if (body.length > 0) {
            StrictJsonObject.read(body, "the body must be empty or {}, for a close takes effect at once: ", Set.of());
        }
    }
}
