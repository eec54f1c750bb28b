// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.events.MinuteTurnout;
import io.votelog.events.PartitionTurnout;
import io.votelog.events.QuarterVotes;
import io.votelog.rules.Ballot;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.registry.RegistryForm;
import io.votelog.streams.topology.rows.StoreNames;
import io.votelog.streams.topology.rows.TallyKey;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps each hour of each ballot's turnout in the global store. Of two snapshots of an hour, the one that covers more of the
 * log is kept.
 */
final class TurnoutStoreProcessor implements Processor<byte[], byte[], Void, Void> {
    private static final Logger LOG = LoggerFactory.getLogger(TurnoutStoreProcessor.class);

    private static final int MINUTES = 60;
    private static final int QUARTERS = 4;

    /** The latest moment at which a ballot may end. */
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");

    private final Consumer<PartitionTurnout> onTurnout;

    private KeyValueStore<String, byte[]> store;

    @SuppressWarnings("NullAway.Init") // Streams calls init before anything else.
    TurnoutStoreProcessor(Consumer<PartitionTurnout> onTurnout) {
        this.onTurnout = onTurnout;
    }

    @Override
    public void init(ProcessorContext<Void, Void> context) {
        this.store = context.getStateStore(StoreNames.TURNOUT);
    }

    @Override
    public void process(Record<byte[], byte[]> input) {
        byte[] value = RegistryForm.toSingleObject(input.value(), input.headers());
        try {
            PartitionTurnout turnout = Events.decode(value, PartitionTurnout.class);
            String key = TallyKey.of(turnout);
            if (!isSound(turnout)) {
                LOG.warn("a record of turnout is left out: it is not of minutes of an hour of a ballot");
            } else if (isNewer(turnout, store.get(key))) {
                store.put(key, value);
                onTurnout.accept(turnout);
            }
        } catch (MalformedEventException e) {
            LOG.warn("a record of turnout is left out: {}", e.getMessage());
        }
    }

    /**
     * Whether the snapshot is one that the tally can have sent: it has a ballot's id and a possible hour, and at least one
     * minute; its minutes are numbered from 0 to 59, in ascending order, and its quarters from 0 to 3.
     */
    private static boolean isSound(PartitionTurnout turnout) {
        return !turnout.getMinutes().isEmpty()
                && areNumbered(turnout.getMinutes(), MinuteTurnout::getMinute, MINUTES)
                && areNumbered(turnout.getQuarters(), QuarterVotes::getQuarter, QUARTERS)
                && Ballot.isId(turnout.getBallotId())
                && !turnout.getHour().isBefore(Instant.EPOCH)
                && turnout.getHour().isBefore(LATEST);
    }

    /** Whether their numbers ascend, from 0 on and below that bound. */
    private static <T> boolean areNumbered(List<T> parts, ToIntFunction<T> number, int bound) {
        int before = -1;
        for (T part : parts) {
            if (number.applyAsInt(part) <= before || number.applyAsInt(part) >= bound) {
                return false;
            }
            before = number.applyAsInt(part);
        }
        return true;
    }

    private static boolean isNewer(PartitionTurnout turnout, byte @Nullable [] standing)
            throws MalformedEventException {
        return standing == null
                || TurnoutCover.of(turnout)
                        .isMoreThan(TurnoutCover.of(Events.decode(standing, PartitionTurnout.class)));
    }
}
