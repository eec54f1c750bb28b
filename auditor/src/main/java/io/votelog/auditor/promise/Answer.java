// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.promise;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A gateway's answer to a vote, as far as it bears on its promise. Anybody may have written it, so every member may be missing or say
 * anything.
 */
record Answer(
        @Nullable String ballotId,
        @Nullable String receipt,
        @Nullable Integer partition,
        @Nullable Long offset,
        @Nullable String recordedAt,
        @Nullable Evidence promise) {

    /** See {@code io.votelog.schemas.promise.Promise}. */
    record Evidence(
            @Nullable String format,
            @Nullable String record,
            @Nullable Integer index,
            @Nullable Integer size,
            @Nullable List<@Nullable String> path,
            @Nullable String signature,
            @Nullable String key) {}
}
