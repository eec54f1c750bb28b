// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.account;

import io.votelog.infra.chaos.load.Answer;
import io.votelog.infra.chaos.load.Ledger;
import io.votelog.infra.chaos.load.Place;
import io.votelog.infra.chaos.load.ReadSide;
import io.votelog.infra.chaos.load.Sent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Holds what receipts told while the system was broken, and what they tell at the end, against the verdicts in the log. */
final class ReceiptsCheck {
    private static final int MOST = 20_000;
    private static final int ASKERS = 8;
    private static final int TRIES = 8;
    private static final int WAIT_SECONDS = 2;
    private static final long LIMIT_MINUTES = 10;

    private final ReadSide readSide;
    private final Ledger ledger;
    private final VerdictsCheck verdicts;
    private final Offences offences;

    ReceiptsCheck(ReadSide readSide, Ledger ledger, VerdictsCheck verdicts, Offences offences) {
        this.readSide = readSide;
        this.ledger = ledger;
        this.verdicts = verdicts;
        this.offences = offences;
    }

    private record Asked(Sent vote, Answer.Acked answer) {}

    /** Returns how many receipts were asked for at the end. */
    int run() throws InterruptedException {
        ledger.told().forEach((place, told) -> told.stream()
                .filter(verdict -> !verdict.equals(verdicts.publishedAt(place)))
                .forEach(verdict -> offences.add(
                        Law.VERDICT_CHANGED,
                        "%s: a receipt told %s, and it is %s".formatted(place, verdict, verdicts.publishedAt(place)))));
        List<Asked> all = new ArrayList<>();
        for (Sent vote : ledger.votes()) {
            for (Answer answer : vote.answers()) {
                if (answer instanceof Answer.Acked acked) {
                    all.add(new Asked(vote, acked));
                }
            }
        }
        int step = Math.max(1, (all.size() + MOST - 1) / MOST);
        Queue<Asked> asked = new ConcurrentLinkedQueue<>();
        for (int at = 0; at < all.size(); at += step) {
            asked.add(all.get(at));
        }
        int count = asked.size();
        Map<Place, String> wrong = ask(asked);
        wrong.forEach((place, what) -> offences.add(Law.RECEIPT, "%s: %s".formatted(place, what)));
        return count;
    }

    private Map<Place, String> ask(Queue<Asked> asked) throws InterruptedException {
        Map<Place, String> wrong = new ConcurrentSkipListMap<>();
        AtomicInteger next = new AtomicInteger();
        ExecutorService askers = Executors.newFixedThreadPool(ASKERS);
        try {
            for (int asker = 0; asker < ASKERS; asker++) {
                askers.execute(() -> {
                    try {
                        for (Asked each = asked.poll(); each != null; each = asked.poll()) {
                            ask(each, next, wrong);
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
            }
        } finally {
            askers.shutdown();
        }
        if (!askers.awaitTermination(LIMIT_MINUTES, TimeUnit.MINUTES)) {
            askers.shutdownNow();
            offences.add(Law.RECEIPT, "%d receipts could not be asked for in time".formatted(asked.size()));
        }
        return wrong;
    }

    private void ask(Asked asked, AtomicInteger next, Map<Place, String> wrong) throws InterruptedException {
        Place place = asked.answer().place();
        Optional<String> told = Optional.empty();
        for (int tries = 0; tries < TRIES && told.isEmpty(); tries++) {
            int instance = Math.floorMod(next.getAndIncrement(), readSide.count());
            told = readSide.verdict(instance, asked.vote().key().ballotId(), asked.answer(), WAIT_SECONDS);
        }
        if (!told.equals(Optional.ofNullable(verdicts.publishedAt(place)))) {
            wrong.put(
                    place,
                    "the receipt of %s tells %s, and it is %s"
                            .formatted(asked.vote(), told.orElse("nothing"), verdicts.publishedAt(place)));
        }
    }
}
