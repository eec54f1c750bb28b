// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.load;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** All that was sent and told during a run. Safe for use by many threads. */
public final class Ledger {
    private final Collection<Sent> votes = new ConcurrentLinkedQueue<>();
    private final Collection<Annulment> annulments = new ConcurrentLinkedQueue<>();
    private final Collection<Foreign> foreign = new ConcurrentLinkedQueue<>();
    private final Map<Place, Set<String>> told = new ConcurrentSkipListMap<>();
    private final Collection<String> promises = new ConcurrentLinkedQueue<>();
    private final List<String> oddities = new CopyOnWriteArrayList<>();

    /**
     * An annulment that was asked for.
     *
     * @param receipt of the vote
     */
    public record Annulment(String ballotId, UUID voteId, String receipt, Answer answer) {}

    /**
     * A record that was written to votes past the gateways.
     *
     * @param what is odd about it
     * @param place where the broker put it; null where the writer does not know
     * @param expected what it must come to: a verdict's word, or {@code dead letter} and the cause
     */
    public record Foreign(String what, @Nullable Place place, String expected, byte @Nullable [] value) {}

    /** Notes a vote that is about to be sent for the first time, and returns it. */
    public Sent begin(Sent vote) {
        votes.add(vote);
        return vote;
    }

    void annulled(Annulment annulment) {
        annulments.add(annulment);
    }

    public void wrote(Foreign record) {
        foreign.add(record);
    }

    /** A receipt told this verdict on the vote at that place. */
    void told(Place place, String verdict) {
        told.computeIfAbsent(place, any -> ConcurrentHashMap.newKeySet()).add(verdict);
    }

    /** A gateway promised a vote: its answer, as JSON. */
    void promised(String answer) {
        promises.add(answer);
    }

    /** The answers with which votes were promised. */
    public List<String> promises() {
        return new ArrayList<>(promises);
    }

    /** An answer that no server may give. */
    void odd(String what) {
        oddities.add(what);
    }

    public List<Sent> votes() {
        return new ArrayList<>(votes);
    }

    public List<Annulment> annulments() {
        return new ArrayList<>(annulments);
    }

    public List<Foreign> foreign() {
        return new ArrayList<>(foreign);
    }

    /** By place, every verdict that a receipt has told. */
    public Map<Place, Set<String>> told() {
        return new TreeMap<>(told);
    }

    public List<String> oddities() {
        return List.copyOf(oddities);
    }
}
