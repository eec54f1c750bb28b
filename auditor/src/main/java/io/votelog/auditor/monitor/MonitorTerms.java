// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.monitor;

import io.votelog.auditor.tlog.Policy;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a monitor is asked to look at, and what it may find without an alarm.
 *
 * @param policy the witnesses that must have cosigned; null where none must
 * @param oldestCosignature the greatest age of a cosignature that counts for the policy; null for any age
 * @param monitoring by the name of a witness in the policy: where it shows what it cosigned, if not at the policy's URL
 * @param maxAge how long nothing may be sealed; null where that is no alarm
 * @param mostUnsealed the most records that may be unsealed; null where that is no alarm
 * @param oldestUnsealed how long a record may be unsealed; null where that is no alarm
 * @param replayEvery after so many rounds the whole log is replayed; 0 where it never is
 * @param remind how long after it was told an alarm that stands is told again
 */
public record MonitorTerms(
        @Nullable Policy policy,
        @Nullable Duration oldestCosignature,
        Map<String, URI> monitoring,
        @Nullable Duration maxAge,
        @Nullable Long mostUnsealed,
        @Nullable Duration oldestUnsealed,
        int replayEvery,
        Duration remind) {
    /** The terms, with a map of their own. */
    public MonitorTerms {
        monitoring = Map.copyOf(monitoring);
    }
}
