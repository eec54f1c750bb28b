// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog.tiles;

/** Takes a log's entries, one after the other. */
@FunctionalInterface
public interface EntryConsumer {
    /**
     * @param index where the entry is in the log, from 0
     * @param entry its bytes, whose hash is the leaf's
     */
    void accept(long index, byte[] entry);
}
