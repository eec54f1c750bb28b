// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.account;

import io.votelog.infra.chaos.load.Answer;
import io.votelog.infra.chaos.load.Ledger;
import io.votelog.infra.chaos.load.Place;
import io.votelog.infra.chaos.load.Sent;
import io.votelog.infra.chaos.load.Verdicts;
import io.votelog.schemas.Receipt;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Holds what senders were answered against what stands in the log. */
final class SendersCheck {
    private final Ledger ledger;
    private final Recount recount;
    private final Offences offences;

    SendersCheck(Ledger ledger, Recount recount, Offences offences) {
        this.ledger = ledger;
        this.recount = recount;
        this.offences = offences;
    }

    /**
     * What senders know.
     *
     * @param votes that were meant, however often each was sent
     * @param acked of them those that were acknowledged at least once
     * @param refused of them those of which each request was refused
     * @param unknown of them the others
     */
    record Figures(
            long votes,
            long acked,
            long refused,
            long unknown,
            long unknownInLog,
            long requests,
            long ackedRequests,
            long refusedRequests,
            long unknownRequests) {}

    Figures run() {
        Map<Sent.Key, Set<Place>> places = new HashMap<>();
        recount.votes().forEach((place, vote) -> places.computeIfAbsent(vote.key(), any -> new TreeSet<>())
                .add(place));
        Set<Place> acknowledged = new HashSet<>();
        long acked = 0;
        long refused = 0;
        long unknown = 0;
        long unknownInLog = 0;
        long[] requests = new long[3];
        List<Sent> votes = ledger.votes();
        for (Sent sent : votes) {
            Set<Place> inLog = places.getOrDefault(sent.key(), Set.of());
            places.remove(sent.key());
            int acks = 0;
            int unknowns = 0;
            for (Answer answer : sent.answers()) {
                if (answer instanceof Answer.Acked ack) {
                    acks++;
                    requests[0]++;
                    acknowledged(sent, ack, acknowledged);
                } else if (answer instanceof Answer.Unknown) {
                    unknowns++;
                    requests[2]++;
                } else {
                    requests[1]++;
                }
            }
            acked += acks > 0 ? 1 : 0;
            unknown += acks == 0 && unknowns > 0 ? 1 : 0;
            unknownInLog += acks == 0 && unknowns > 0 && !inLog.isEmpty() ? 1 : 0;
            refused += acks == 0 && unknowns == 0 ? 1 : 0;
            if (acks + unknowns == 0 && !inLog.isEmpty()) {
                offences.add(Law.REFUSED_IN_LOG, "%s: %s".formatted(sent, inLog));
            } else if (inLog.size() > acks + unknowns) {
                offences.add(
                        Law.TOO_OFTEN_IN_LOG,
                        "%s: %s, from %d acknowledged, %d unknown and %d refused requests"
                                .formatted(
                                        sent,
                                        inLog,
                                        acks,
                                        unknowns,
                                        sent.answers().size() - acks - unknowns));
            }
            expected(sent, inLog);
        }
        strangers(places);
        annulments();
        return new Figures(
                votes.size(),
                acked,
                refused,
                unknown,
                unknownInLog,
                Arrays.stream(requests).sum(),
                requests[0],
                requests[1],
                requests[2]);
    }

    private void acknowledged(Sent sent, Answer.Acked ack, Set<Place> acknowledged) {
        if (!acknowledged.add(ack.place())) {
            offences.add(Law.ACKED_TWICE, "%s: %s".formatted(sent, ack.place()));
        }
        Recount.@Nullable Vote there = recount.votes().get(ack.place());
        boolean isIt = there != null
                && there.key().equals(sent.key())
                && ack.receipt().equals(new Receipt(there.voter(), there.key().voteId()).toString());
        if (!isIt) {
            offences.add(
                    Law.LOST, "%s: %s has %s".formatted(sent, ack.place(), there == null ? "no vote" : "another vote"));
        }
    }

    private void expected(Sent sent, Set<Place> inLog) {
        int accepted = 0;
        for (Place place : inLog) {
            String verdict = String.valueOf(recount.outcomes().get(place));
            accepted += verdict.equals(Verdicts.ACCEPTED) ? 1 : 0;
            if (!sent.expected().contains(verdict)) {
                offences.add(
                        Law.UNEXPECTED,
                        "%s: %s is %s, where %s".formatted(sent, place, verdict, allowed(sent.expected())));
            }
        }
        if (accepted > 1) {
            offences.add(Law.COUNTED_TWICE, "%s: %s".formatted(sent, inLog));
        }
    }

    private static String allowed(Set<String> expected) {
        return expected.isEmpty() ? "no gateway may take it" : new TreeSet<>(expected) + " are allowed";
    }

    /** Votes in the log that no voter has sent must be those that were written past the gateways. */
    private void strangers(Map<Sent.Key, Set<Place>> left) {
        Set<ByteBuffer> written = new HashSet<>();
        ledger.foreign().stream()
                .map(Ledger.Foreign::value)
                .filter(value -> value != null)
                .forEach(value -> written.add(ByteBuffer.wrap(value)));
        left.values().stream().flatMap(Set::stream).forEach(place -> {
            Recount.@Nullable Vote vote = recount.votes().get(place);
            if (vote == null || !written.contains(ByteBuffer.wrap(vote.value()))) {
                offences.add(Law.STRANGER, place.toString());
            }
        });
    }

    private void annulments() {
        for (Ledger.Annulment annulment : ledger.annulments()) {
            if (annulment.answer() instanceof Answer.Acked ack) {
                Sent.@Nullable Key there = recount.annulments().get(ack.place());
                if (there == null
                        || !there.ballotId().equals(annulment.ballotId())
                        || !there.voteId().equals(annulment.voteId())) {
                    offences.add(
                            Law.ANNULMENT,
                            "of vote %s on %s, at %s".formatted(annulment.voteId(), annulment.ballotId(), ack.place()));
                }
            }
        }
    }
}
