// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.source;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * How far the counting streams apps had read the topic of votes.
 *
 * @param group the consumer group that counts: the streams apps' application id
 * @param offsets by partition: every record below this offset was counted, and the outcome was committed
 */
@JsonPropertyOrder({"group", "offsets"})
public record CountedOffsets(String group, Map<Integer, Long> offsets) {
    /** The group's default name. */
    public static final String GROUP = "votelog-streams";

    /** Whether all values are present and in range; they may be from a file that somebody wrote. */
    boolean isComplete() {
        return Stream.of(group, offsets).allMatch(Objects::nonNull)
                && offsets.entrySet().stream()
                        .allMatch(entry -> entry.getKey() >= 0 && entry.getValue() != null && entry.getValue() >= 0);
    }
}
