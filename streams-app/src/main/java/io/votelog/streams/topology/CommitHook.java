// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.streams.topology.voters.WrittenAtCommit;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * A store without rows, by which a processor learns that its task is about to commit: Kafka Streams has caches written then, and takes
 * this for one. What the processor writes into its stores becomes part of the commit. So a row that every vote changes is written once a
 * commit, without a cache that takes, sizes and orders each of its versions.
 */
final class CommitHook implements WrittenAtCommit {
    private static final Runnable NOTHING = () -> {};

    private final String name;
    private Runnable action = NOTHING;
    private boolean open;

    private CommitHook(String name) {
        this.name = name;
    }

    /** A hook for each task. */
    static StoreBuilder<CommitHook> builder(String name) {
        return new PlainStoreBuilder<>(name, () -> new CommitHook(name));
    }

    /** Has the action run at the beginning of each commit, on the task's thread. */
    void onCommit(Runnable write) {
        action = write;
    }

    @Override
    public void flushCache() {
        action.run();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        context.register(root, (key, value) -> {});
        open = true;
    }

    @Override
    public void close() {
        action = NOTHING;
        open = false;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean persistent() {
        return false;
    }
}
