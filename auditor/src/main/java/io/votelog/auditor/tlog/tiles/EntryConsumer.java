// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog.tiles;

/** Takes a log's entries in their order. */
@FunctionalInterface
public interface EntryConsumer {
    /**
     * @param index the entry's index in the log, from 0
     * @param entry the entry's bytes, verified against the leaf's hash
     */
    void accept(long index, byte[] entry);
}
