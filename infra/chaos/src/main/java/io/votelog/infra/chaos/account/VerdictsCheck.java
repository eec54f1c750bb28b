// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.account;

import io.votelog.infra.chaos.load.Ledger;
import io.votelog.infra.chaos.load.Place;
import io.votelog.infra.chaos.load.Verdicts;
import io.votelog.schemas.MalformedEventException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Holds what was published on each record of votes against the recount. */
final class VerdictsCheck {
    private final Ledger ledger;
    private final Recount recount;
    private final Offences offences;
    private final Map<Place, List<PublishedVerdict>> published = new TreeMap<>();
    private final Map<String, Long> figures = new TreeMap<>();

    VerdictsCheck(Ledger ledger, Recount recount, Offences offences) {
        this.ledger = ledger;
        this.recount = recount;
        this.offences = offences;
    }

    /** Compares, when all decisions and dead letters were taken. */
    void run() {
        recount.outcomes().forEach(this::compare);
        published.forEach((place, all) -> {
            if (!recount.outcomes().containsKey(place)) {
                offences.add(Law.VERDICT_ON_NOTHING, "%s: %s".formatted(place, outcomes(all)));
            }
        });
        countedTwice();
        foreign();
    }

    /** How often each outcome was published. */
    Map<String, Long> figures() {
        return figures;
    }

    /** What was published on the vote there; null where nothing was. */
    @Nullable
    String publishedAt(Place place) {
        List<PublishedVerdict> all = published.get(place);
        return all == null ? null : all.get(0).outcome();
    }

    /** Takes the next record of decisions. */
    void takeDecision(ConsumerRecord<byte[], byte[]> record) {
        try {
            put(PublishedVerdict.of(record));
        } catch (MalformedEventException e) {
            offences.add(
                    Law.VERDICT_ON_NOTHING,
                    "decisions, partition %d, offset %d: %s"
                            .formatted(record.partition(), record.offset(), e.getMessage()));
        }
    }

    /** Takes the next record of dead letters. */
    void takeDeadLetter(ConsumerRecord<byte[], byte[]> record) {
        put(PublishedVerdict.ofDeadLetter(record));
    }

    private void put(PublishedVerdict verdict) {
        published.computeIfAbsent(verdict.place(), any -> new ArrayList<>()).add(verdict);
        figures.merge(verdict.outcome(), 1L, Long::sum);
    }

    private void compare(Place place, String expected) {
        boolean poison = expected.startsWith(Recount.DEAD_LETTER);
        List<PublishedVerdict> there = published.getOrDefault(place, List.of());
        Recount.@Nullable Vote vote = recount.votes().get(place);
        if (there.isEmpty()) {
            offences.add(
                    poison ? Law.DEAD_LETTER : Law.NO_VERDICT,
                    "%s: nothing published, %s expected%s".formatted(place, expected, of(vote)));
            return;
        }
        if (there.size() > 1) {
            offences.add(Law.VERDICT_TWICE, "%s: %s%s".formatted(place, outcomes(there), of(vote)));
        }
        for (PublishedVerdict verdict : there) {
            boolean same = verdict.outcome().equals(expected)
                    && (vote == null
                            || verdict.voteId().equals(vote.key().voteId())
                                    && verdict.ballotId().equals(vote.key().ballotId()));
            if (!same) {
                offences.add(
                        poison ? Law.DEAD_LETTER : Law.OTHER_VERDICT,
                        "%s: published %s, expected %s%s".formatted(place, verdict.outcome(), expected, of(vote)));
            }
        }
    }

    private static String of(Recount.@Nullable Vote vote) {
        return vote == null
                ? ""
                : ", vote %s on %s".formatted(vote.key().voteId(), vote.key().ballotId());
    }

    private static List<String> outcomes(List<PublishedVerdict> all) {
        return all.stream().map(PublishedVerdict::outcome).toList();
    }

    /** By the verdicts as they were published, whatever the recount says. */
    private void countedTwice() {
        Map<String, Place> counted = new HashMap<>();
        recount.votes().forEach((place, vote) -> {
            if (Verdicts.ACCEPTED.equals(publishedAt(place))) {
                Place before = counted.put(vote.voter() + " " + vote.key().ballotId(), place);
                if (before != null) {
                    offences.add(Law.COUNTED_TWICE, "%s and %s%s".formatted(before, place, of(vote)));
                }
            }
        });
    }

    private void foreign() {
        for (Ledger.Foreign record : ledger.foreign()) {
            Place place = record.place();
            if (place != null && !record.expected().equals(publishedAt(place))) {
                offences.add(
                        Law.DEAD_LETTER,
                        "%s: %s came to %s, not to %s"
                                .formatted(place, record.what(), publishedAt(place), record.expected()));
            }
        }
    }
}
