// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.source;

/**
 * The offsets of one partition that an audit reads.
 *
 * @param begin the first offset
 * @param end the offset after the last one
 */
public record OffsetRange(String topic, int partition, long begin, long end) {
    @Override
    public String toString() {
        return "%s/%d".formatted(topic, partition);
    }
}
