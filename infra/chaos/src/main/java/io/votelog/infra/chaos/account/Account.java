// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.account;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.chaos.faults.Struck;
import io.votelog.infra.chaos.load.Elections;
import io.votelog.infra.chaos.load.Ledger;
import io.votelog.infra.chaos.load.ReadSide;
import io.votelog.infra.chaos.load.ResultsReader;
import io.votelog.infra.chaos.system.Scene;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What became of every vote of a run, and what offends which law. */
public final class Account {
    private final Scene scene;
    private final Ledger ledger;
    private final ReadSide readSide;
    private final Elections elections;
    private final PrintStream out;
    private final Offences offences = new Offences();
    private final Map<String, Long> figures = new LinkedHashMap<>();

    /** @param out is told how far the work is */
    public Account(Scene scene, Ledger ledger, ReadSide readSide, Elections elections, PrintStream out) {
        this.scene = scene;
        this.ledger = ledger;
        this.readSide = readSide;
        this.elections = elections;
        this.out = out;
    }

    /** What offends, by now. */
    public Offences offences() {
        return offences;
    }

    /** Numbers of votes by what became of them, in the order of the table. */
    public Map<String, Long> figures() {
        return figures;
    }

    /**
     * Does all of it, when nothing is broken and nobody votes any more.
     *
     * @param readers of {@link Elections#MAIN}; they still read
     * @param state a file for what the auditor has seen
     */
    public void run(List<Struck> struck, List<ResultsReader> readers, Path state) throws InterruptedException {
        struck.stream()
                .filter(each -> !each.trouble().isEmpty())
                .forEach(each -> offences.add(
                        Law.NOT_RECOVERED, "%s of %s: %s".formatted(each.fault(), each.whom(), each.trouble())));
        for (ChildJvm dead : scene.dead()) {
            offences.add(Law.NOT_RECOVERED, dead.obituary(dead.name() + " is dead at the end"));
        }
        ledger.oddities().forEach(odd -> offences.add(Law.ODD_ANSWER, odd));
        elections.unpublished().forEach(why -> offences.add(Law.NOT_DRAINED, why));

        out.println("draining: all votes to be counted, no transaction to be open");
        LogReader log = new LogReader(scene.kafka().bootstrapServers());
        new Drain(log, offences).await();

        out.println("accounting: the log");
        Recount recount = recount(log);
        SendersCheck.Figures sent = new SendersCheck(ledger, recount, offences).run();
        VerdictsCheck verdicts = new VerdictsCheck(ledger, recount, offences);
        read(log, Topics.DECISIONS, verdicts::takeDecision);
        read(log, Topics.DEAD_LETTERS, verdicts::takeDeadLetter);
        verdicts.run();

        out.println("accounting: results and receipts");
        new ResultsCheck(readSide, recount, offences).run(readers, Elections.MAIN);
        int receipts = new ReceiptsCheck(readSide, ledger, verdicts, offences).run();

        out.println("accounting: the auditor");
        new AuditorCheck(scene, state, ledger.promises(), offences).run();
        tell(sent, verdicts, receipts, readers);
    }

    private Recount recount(LogReader log) {
        Map<Integer, Long> next = new HashMap<>();
        int partitions = log.ends(Topics.VOTES).size();
        Recount recount =
                new Recount(elections.known(), LogKeys.of(scene.plan().secrets().listedKeys()), partitions);
        read(log, Topics.VOTES, record -> {
            long expected = next.getOrDefault(record.partition(), 0L);
            if (record.offset() != expected) {
                offences.add(
                        Law.NOT_DENSE,
                        "partition %d, offset %d where %d was to come"
                                .formatted(record.partition(), record.offset(), expected));
            }
            next.put(record.partition(), record.offset() + 1);
            recount.take(record);
        });
        return recount;
    }

    private void read(LogReader log, Topic topic, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        if (!log.read(topic, reader)) {
            offences.add(Law.NOT_DRAINED, topic.name() + " cannot be read to its end");
        }
    }

    private void tell(SendersCheck.Figures sent, VerdictsCheck verdicts, int receipts, List<ResultsReader> readers) {
        figures.put("votes meant", sent.votes());
        figures.put("  acknowledged", sent.acked());
        figures.put("  refused", sent.refused());
        figures.put("  unknown", sent.unknown());
        figures.put("    of them in the log", sent.unknownInLog());
        figures.put("requests for votes", sent.requests());
        figures.put("  acknowledged requests", sent.ackedRequests());
        figures.put("  refused requests", sent.refusedRequests());
        figures.put("  unknown requests", sent.unknownRequests());
        figures.put("annulments asked for", (long) ledger.annulments().size());
        figures.put("written past the gateways", (long) ledger.foreign().size());
        figures.put("ballots", (long) elections.known().size());
        verdicts.figures().forEach((outcome, count) -> figures.put("outcome " + outcome, count));
        figures.put("receipts told while it was broken", (long) ledger.told().size());
        figures.put("receipts told at the end", (long) receipts);
        figures.put(
                "promises that the log was held to", (long) ledger.promises().size());
        figures.put(
                "documents shown to readers",
                readers.stream().mapToLong(ResultsReader::documents).sum());
    }
}
