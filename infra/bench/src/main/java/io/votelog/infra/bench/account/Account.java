// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.account;

import io.votelog.events.VoteCast;
import io.votelog.infra.bench.system.BrokerTopics;
import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.bench.voters.Claims;
import io.votelog.infra.bench.voters.DrawnVotes;
import io.votelog.infra.system.Pseudonyms;
import io.votelog.rules.Ballot;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Pseudonym;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Holds what senders were told against what the log has, and what the log has against the published results, counted again here
 * from the log alone.
 */
public final class Account {
    private static final Duration COUNTED = Duration.ofMinutes(5);
    private static final int NAMED = 10;

    private final VoteLedger ledger;
    private final VoterTable voters;
    private final DrawnVotes votes;
    private final String ballotId;
    private final long seed;
    private final Pseudonyms pseudonyms;

    /** For each voter: in how many records the log has the vote; the top bit: one of them is where it was acknowledged. */
    private final byte[] inLog;

    private final Map<String, Long> options = new TreeMap<>();
    private long received;
    private long accepted;
    private long retried;
    private long rejected;

    private final List<String> differences = new ArrayList<>();
    private long differenceCount;

    /** @param used voters 0 to {@code used} - 1 are those who may have voted */
    public Account(VoteLedger ledger, int used, Ballot ballot, DrawnVotes votes, long seed, byte[] pepper) {
        this.ledger = ledger;
        this.votes = votes;
        this.seed = seed;
        this.ballotId = ballot.id();
        this.pseudonyms = new Pseudonyms(pepper, ballot.id());
        this.voters = new VoterTable(used);
        this.inLog = new byte[used];
        for (int voter = 0; voter < inLog.length; voter++) {
            voters.put(high(pseudonym(voter)), voter);
        }
        ballot.sections().forEach(section -> section.options().forEach(option -> options.put(option.id(), 0L)));
    }

    /** Waits until the read side has counted to the end of the log; says false where it does not. */
    public static boolean awaitCounted(TestSystem system, BrokerTopics topics) {
        return awaitCounted(system, topics, COUNTED);
    }

    /** The same, for so long at most. */
    public static boolean awaitCounted(TestSystem system, BrokerTopics topics, Duration most) {
        long end = System.nanoTime() + most.toNanos();
        while (System.nanoTime() - end < 0) {
            Map<Integer, Long> ends = topics.ends();
            JsonNode positions = system.calls().json(system.resultsUrl()).path("positions");
            if (ends.entrySet().stream()
                    .allMatch(partition ->
                            positions.path(Integer.toString(partition.getKey())).longValue(0)
                                    >= partition.getValue())) {
                return true;
            }
            TestSystem.pause(Duration.ofMillis(500));
        }
        return false;
    }

    /** Reads the log, compares, prints; says whether all of it adds up. */
    boolean check(BrokerTopics topics, JsonNode results, PrintStream out) {
        topics.readVotes(Long.MAX_VALUE, this::record);
        long acked = 0;
        long refused = 0;
        long unknown = 0;
        long unknownInLog = 0;
        for (int voter = 0; voter < inLog.length; voter++) {
            VoteLedger.Fate fate = ledger.of(voter);
            int copies = inLog[voter] & 0x7F;
            if (fate.acked() > 0) {
                acked++;
                if (inLog[voter] >= 0) {
                    differ("voter %d: acknowledged at %d/%d, which the log does not have of them"
                            .formatted(voter, fate.partition(), fate.offset()));
                }
            } else if (fate.unknown() > 0) {
                unknown++;
                unknownInLog += copies > 0 ? 1 : 0;
            } else if (fate.refused() > 0) {
                refused++;
            }
            if (copies > fate.most()) {
                differ("voter %d: %d times in the log, from %d attempts that could have got there"
                        .formatted(voter, copies, fate.most()));
            }
            if (copies < fate.acked()) {
                differ("voter %d: %d times in the log, acknowledged %d times".formatted(voter, copies, fate.acked()));
            }
        }
        compare(results);
        out.printf(
                Locale.ROOT,
                "senders      %,d votes acknowledged, %,d refused, %,d unknown (%,d of them in the log)%n",
                acked,
                refused,
                unknown,
                unknownInLog);
        out.printf(
                Locale.ROOT,
                "the log      %,d received = %,d accepted + %,d retried + %,d rejected%n",
                received,
                accepted,
                retried,
                rejected);
        out.println("results      " + results.path("turnout"));
        differences.forEach(difference -> out.println("DIFFERENCE   " + difference));
        out.println(
                differenceCount == 0
                        ? "account      adds up: acknowledged ones are where they were said to be, refused ones"
                                + " nowhere, unknown ones at most once an attempt, results equal the recount"
                        : "account      DOES NOT ADD UP: %d differences".formatted(differenceCount));
        return differenceCount == 0;
    }

    private void record(ConsumerRecord<byte[], byte[]> record) {
        byte @Nullable [] key = record.key();
        if (key == null) {
            return;
        }
        SpecificRecord event;
        try {
            event = Events.decode(record.value()).event();
        } catch (MalformedEventException e) {
            differ("%d/%d: %s".formatted(record.partition(), record.offset(), e.getMessage()));
            return;
        }
        if (!(event instanceof VoteCast vote) || !vote.getBallotId().equals(ballotId)) {
            return;
        }
        received++;
        Pseudonym pseudonym = Pseudonym.of(key);
        int voter = voters.get(high(pseudonym));
        if (voter < 0 || !pseudonym(voter).equals(pseudonym)) {
            differ("%d/%d: the vote of nobody who voted here".formatted(record.partition(), record.offset()));
            return;
        }
        List<String> choices = votes.of(voter);
        UUID id = pseudonyms.voteId(pseudonym, choices);
        if (!vote.getChoices().equals(choices) || !vote.getVoteId().equals(id)) {
            differ("%d/%d: not what voter %d sent".formatted(record.partition(), record.offset(), voter));
        }
        // Every voter has one vote, which keeps the rules: the first record of it counts, the next ones are the same
        // again.
        if ((inLog[voter] & 0x7F) == 0) {
            accepted++;
            choices.forEach(choice -> options.merge(choice, 1L, Long::sum));
        } else {
            retried++;
        }
        inLog[voter]++;
        VoteLedger.Fate fate = ledger.of(voter);
        if (fate.acked() > 0
                && fate.partition() == record.partition()
                && fate.offset() == record.offset()
                && fate.voteId().equals(VoteLedger.VoteIdStart.of(id))) {
            inLog[voter] |= (byte) 0x80;
        }
    }

    private void compare(JsonNode results) {
        JsonNode turnout = results.path("turnout");
        same("turnout.received", received, turnout.path("received"));
        same("turnout.accepted", accepted, turnout.path("accepted"));
        same("turnout.retried", retried, turnout.path("retried"));
        same("turnout.rejected", rejected, turnout.path("rejected"));
        if (received != accepted + retried + rejected) {
            differ("received is not accepted + retried + rejected");
        }
        for (JsonNode section : results.path("sections")) {
            for (JsonNode option : section.path("options")) {
                String id = option.path("id").stringValue("");
                same("option " + id, options.getOrDefault(id, -1L), option.path("votes"));
            }
        }
    }

    private void same(String what, long counted, JsonNode published) {
        if (published.longValue(-1) != counted) {
            differ("%s: published %s, counted %d".formatted(what, published, counted));
        }
    }

    private void differ(String what) {
        differenceCount++;
        if (differences.size() < NAMED) {
            differences.add(what);
        }
    }

    private Pseudonym pseudonym(int voter) {
        return pseudonyms.of(Claims.user(seed, voter));
    }

    private static long high(Pseudonym pseudonym) {
        return ByteBuffer.wrap(pseudonym.bytes()).getLong();
    }
}
