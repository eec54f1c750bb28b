// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.source;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * How far those who count had come in votes.
 *
 * @param group the consumer group that counts: the streams apps' application id
 * @param offsets by partition: every record below this offset was counted, and what came of it was committed
 */
@JsonPropertyOrder({"group", "offsets"})
public record Counted(String group, Map<Integer, Long> offsets) {
    /** The group's name where nobody gave it another one. */
    public static final String GROUP = "votelog-streams";

    /** Whether it says what it must, as somebody wrote it. */
    boolean isWhole() {
        return Stream.of(group, offsets).allMatch(Objects::nonNull)
                && offsets.entrySet().stream()
                        .allMatch(entry -> entry.getKey() >= 0 && entry.getValue() != null && entry.getValue() >= 0);
    }
}
