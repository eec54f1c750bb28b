// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.source;

/**
 * The records of one partition that an audit looks at.
 *
 * @param begin the first offset that is there
 * @param end the offset behind the last one
 */
public record OffsetRange(String topic, int partition, long begin, long end) {
    @Override
    public String toString() {
        return "%s/%d".formatted(topic, partition);
    }
}
