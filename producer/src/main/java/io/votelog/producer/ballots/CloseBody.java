// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.ballots;

import io.votelog.web.problem.ProblemException;
import java.util.Set;

/** What comes with a close, which says nothing: a time or a reason in it would be thought to have been heard. */
public final class CloseBody {
    /** The most bytes that it may have. */
    public static final int MAX_BYTES = 1024;

    private CloseBody() {}

    /** @throws ProblemException (400) unless it is empty, or an object without fields */
    public static void requireNothing(byte[] body) {
        if (body.length > 0) {
            StrictJsonObject.read(body, "the body must be empty or {}, for a close takes effect at once: ", Set.of());
        }
    }
}
