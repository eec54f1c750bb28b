// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.load;

/** What the sender of one request knows of it. */
public sealed interface Answer {
    /** The log has it, durably: 202. */
    record Acked(Place place, String receipt) implements Answer {}

    /**
     * It was not recorded.
     *
     * @param status of the answer; 0 where no connection could be made
     * @param code of the problem, such as {@code rule-violations}; empty where none was told
     */
    record Refused(int status, String code) implements Answer {
        /** Whether the same request may be taken a moment later, here or by another gateway. */
        boolean isForNow() {
            return status == 0 || status == 429 || status == 503;
        }
    }

    /** It may be recorded or not: no answer, one that broke off, {@code outcome-unknown}, or one that says nothing of it. */
    record Unknown(String why) implements Answer {}
}
