// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology.voters;

import io.votelog.streams.topology.rows.VoterRow;
import java.util.List;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.state.QueryableStoreType;
import org.apache.kafka.streams.state.internals.StateStoreProvider;
import org.jspecify.annotations.Nullable;

/**
 * The voters and ballots of one partition, for those who only read. Any thread may call it. It also has what no transaction has
 * committed yet.
 */
public interface VotersView {
    /** How Kafka Streams finds it by its name. */
    QueryableStoreType<VotersView> TYPE = new QueryableStoreType<>() {
        @Override
        public boolean accepts(StateStore store) {
            return store instanceof VotersView;
        }

        @Override
        public VotersView create(StateStoreProvider provider, String name) {
            List<VotersView> stores = provider.stores(name, this);
            if (stores.size() != 1) {
                throw new InvalidStateStoreException("of %s there are %d here".formatted(name, stores.size()));
            }
            return stores.get(0);
        }
    };

    /**
     * The row of a voter on a ballot; {@link VoterRow#NEW} when there is none.
     *
     * @param pseudonym 16 bytes
     * @throws InvalidStateStoreException when the store has been closed
     */
    VoterRow voter(byte[] pseudonym, String ballotId);

    /**
     * The bytes of a ballot's row, or null.
     *
     * @throws InvalidStateStoreException when the store has been closed
     */
    byte @Nullable [] ballot(String ballotId);

    /**
     * The next offset of votes to be decided: the rows of all votes below it are here.
     *
     * @throws InvalidStateStoreException when the store has been closed
     */
    long nextOffset();
}
