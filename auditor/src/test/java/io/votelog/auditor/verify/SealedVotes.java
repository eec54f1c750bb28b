// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.TestLog;
import io.votelog.auditor.promise.PromisingGateway;
import io.votelog.auditor.seal.CheckpointFile;
import io.votelog.auditor.seal.Leaf;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.TestSealedLog;
import io.votelog.auditor.tlog.Cosigner;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.TlogProof;
import io.votelog.events.VoteCast;
import io.votelog.schemas.Base64Url;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.Topics;
import io.votelog.schemas.promise.PromisedVote;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A drawn log with votes of every fate, sealed, promised and cosigned; and for each vote what its voter keeps. */
final class SealedVotes {
    static final long NOW_MS = 1_638_700_000_000L;

    final List<Kept> votes = new ArrayList<>();
    final Cosigner first = new Cosigner("witness.example/first");
    final Cosigner second = new Cosigner("witness.example/second");
    final PromisingGateway gateway;
    private final TestLog log = new TestLog();
    private final Path folder;

    /**
     * What a voter keeps of a vote, and what is known of it.
     *
     * @param fate the verdict that is sealed
     * @param annulment with which an order names the vote; null where there is none
     */
    record Kept(
            String fate,
            Receipt receipt,
            PromisedVote promised,
            String answer,
            String opening,
            ReceiptProofs proofs,
            ReceiptProofs.Annulment annulment) {
        /** All of it, as a page is given it. */
        Map<String, Object> given() {
            Map<String, Object> given = new LinkedHashMap<>();
            given.put("logKeys", List.of(TestLog.publicKey()));
            given.put("vkeys", List.of(TestSealedLog.vkeys()));
            given.put("receipt", receipt.toString());
            given.put("answer", answer);
            given.put("opening", opening);
            given.put("vote", proofs.vote().text());
            given.put("verdict", proofs.verdict().text());
            if (annulment != null) {
                given.put("annulment", annulment.record().text());
                given.put("obeyed", annulment.obeyed().text());
            }
            given.put("now", NOW_MS);
            return given;
        }

        /** The same, without an order that names it. */
        Kept withoutAnnulment() {
            return new Kept(fate, receipt, promised, answer, opening, proofs, null);
        }

        /** The same, the proofs in one document. */
        Map<String, Object> document() {
            Map<String, Object> given = given();
            StringBuilder json = new StringBuilder(
                    "{\"format\":\"votelog-proof/1\",\"ballotId\":\"fruits\",\"receipt\":\"%s\",\"verdict\":\"%s\""
                            .formatted(receipt, fate));
            Map.of("vote", "vote", "verdict", "verdictProof", "annulment", "annulment", "obeyed", "obeyed")
                    .forEach((file, member) -> {
                        if (given.remove(file) instanceof String text) {
                            json.append(",\"%s\":\"%s\"".formatted(member, text.replace("\n", "\\n")));
                        }
                    });
            given.put("proof", json.append('}').toString());
            return given;
        }
    }

    SealedVotes(Random random, Path folder) {
        this.folder = folder;
        gateway = new PromisingGateway(random, TestLog.SIGNER);
        log.publish(TestLog.fruits()).add(Topics.BALLOTS, 0, new byte[0], gateway.keyRecord());
        TestSealedLog sealed = new TestSealedLog(folder, log);
        cast(random, 1 + random.nextInt(30));
        if (random.nextBoolean()) {
            sealed.seal(
                    random.nextInt(log.records(Topics.VOTES, 0).size()),
                    random.nextInt(log.records(Topics.VOTES, 1).size()));
        }
        cast(random, 1 + random.nextInt(30));
        sealed.lie = (offset, leaf) -> lie(random.nextInt(12), leaf);
        sealed.seal().sign(TestSealedLog.KEY);
        for (SealedLog tree : SealedLog.values()) {
            CheckpointFile file = new CheckpointFile(tree.folder(folder));
            SignedNote note = file.shown();
            file.show(note.with(first.cosign(note.text(), NOW_MS / 1000 - 60))
                    .with(second.cosign(note.text(), NOW_MS / 1000 + 60)));
        }
        keep();
    }

    /** Verdicts that no count here comes to; of the voters whose votes are there in any case nothing is made up. */
    private Leaf lie(int drawn, Leaf leaf) {
        if (!(leaf instanceof Leaf.Verdict verdict)
                || Arrays.equals(keyOf(verdict), TestLog.voter(50))
                || Arrays.equals(keyOf(verdict), TestLog.voter(51))) {
            return leaf;
        }
        return switch (drawn) {
            case 0 -> new Leaf.Undecided(verdict.partition(), verdict.offset());
            case 1 -> new Leaf.PutAside(verdict.partition(), verdict.offset(), "MALFORMED");
            case 2 -> new Leaf.Verdict(verdict.partition(), verdict.offset(), "PENDING", "");
            default -> leaf;
        };
    }

    private byte[] keyOf(Leaf.Verdict verdict) {
        return log.records(Topics.VOTES, verdict.partition())
                .get((int) verdict.offset())
                .key();
    }

    private void cast(Random random, int votes) {
        for (int vote = 0; vote < votes; vote++) {
            int voter = random.nextInt(40);
            switch (random.nextInt(8)) {
                case 0 -> log.vote(voter, voter, "a1");
                case 1 -> log.vote(voter, voter + 1000, "a2", "b1");
                case 2 -> log.vote(voter, voter, "a1", "b1").vote(voter, voter, "a1", "b1");
                case 3 ->
                    log.vote(voter, voter, "a1", "b1")
                            .annul(TestLog.fruits(), voter, voter, "cast with a stolen sign-in");
                default -> log.vote(voter, voter, "a1", "b1");
            }
        }
        // One of each fate, whatever was drawn.
        log.vote(50, 50, "a1", "b2")
                .vote(50, 50, "a1", "b2")
                .vote(50, 51, "a3", "b2")
                .vote(51, 52, "a1", "b1");
        log.annul(TestLog.fruits(), 51, 52, "“被盗” – \u0024{stolen}");
    }

    private void keep() {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        List<PromisedVote> promised = new ArrayList<>();
        for (int partition = 0; partition < TestLog.PARTITIONS; partition++) {
            for (ConsumerRecord<byte[], byte[]> record : log.records(Topics.VOTES, partition)) {
                if (record.key() != null) {
                    records.add(record);
                    promised.add(promised(record));
                }
            }
        }
        List<String> answers = gateway.answers(promised);
        try (ReceiptSearch search = new ReceiptSearch(log, folder.toString(), TestSealedLog.KEY.publicKey())) {
            for (int at = 0; at < records.size(); at++) {
                Receipt receipt = promised.get(at).receipt();
                ReceiptProofs proofs =
                        search.find(receipt, records.get(at).offset()).proofs();
                ReceiptProofs.Annulment annulment = proofs.annulment() == null
                        ? vain(receipt, records.get(at).offset())
                        : proofs.annulment();
                ReceiptProofs plain = new ReceiptProofs(proofs.vote(), proofs.verdict(), null);
                String fate = proofs.annulment() != null ? "ANNULLED" : fate(proofs);
                votes.add(new Kept(
                        fate,
                        receipt,
                        promised.get(at),
                        answers.get(at),
                        opening(records.get(at), receipt),
                        plain,
                        annulment));
            }
        }
    }

    private static String fate(ReceiptProofs proofs) {
        Leaf leaf = ReceiptProofs.leaf(proofs.verdict().extra().orElseThrow());
        if (leaf instanceof Leaf.Verdict verdict) {
            return verdict.outcome();
        }
        return leaf instanceof Leaf.PutAside ? "PUT_ASIDE" : "UNDECIDED";
    }

    /** The proofs of an order that names the receipt and changes nothing, where there is one behind the vote. */
    private ReceiptProofs.Annulment vain(Receipt receipt, long offset) {
        AnnulmentRecord order = log.records(Topics.VOTES, receipt.voter().partition(TestLog.PARTITIONS)).stream()
                .flatMap(record -> AnnulmentRecord.of(record).stream())
                .filter(one -> one.isOf(receipt) && one.record().offset() > offset)
                .findFirst()
                .orElse(null);
        if (order == null) {
            return null;
        }
        try (SealedTreeView votes = SealedTreeView.open(SealedLog.VOTES, folder.toString());
                SealedTreeView verdicts = SealedTreeView.open(SealedLog.VERDICTS, folder.toString())) {
            long index = SealIndex.read(votes.reader(), votes.checkpoint().size())
                    .indexOf(order.record().partition(), order.record().offset())
                    .orElseThrow();
            return new ReceiptProofs.Annulment(
                    new TlogProof(
                            Optional.of(order.bytes()), index, votes.reader().inclusion(index), votes.note()),
                    new TlogProof(
                            Optional.of(verdicts.reader().entry(index)),
                            index,
                            verdicts.reader().inclusion(index),
                            verdicts.note()));
        }
    }

    private static PromisedVote promised(ConsumerRecord<byte[], byte[]> record) {
        VoteCast vote = vote(record);
        return new PromisedVote(
                vote.getBallotId(),
                new Receipt(Pseudonym.of(record.key()), vote.getVoteId()),
                record.partition(),
                record.offset(),
                record.timestamp(),
                PromisedVote.recordHash(record.offset(), record.timestamp(), record.key(), record.value()));
    }

    private static String opening(ConsumerRecord<byte[], byte[]> record, Receipt receipt) {
        VoteCast vote = vote(record);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(vote.getSalt().bytes(), "HmacSHA256"));
            String salt = Base64Url.encode(mac.doFinal("choices/v1".getBytes(StandardCharsets.US_ASCII)));
            return "{\"format\":\"votelog-opening/1\",\"ballotId\":\"fruits\",\"receipt\":\"%s\",\"choices\":[\"%s\"],\"choicesSalt\":\"%s\"}"
                    .formatted(receipt, String.join("\",\"", vote.getChoices()), salt);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static VoteCast vote(ConsumerRecord<byte[], byte[]> record) {
        try {
            return Events.decode(record.value(), VoteCast.class);
        } catch (MalformedEventException e) {
            throw new AssertionError(e);
        }
    }

    /** The first vote of this fate. */
    Kept of(String fate) {
        return votes.stream()
                .filter(vote -> vote.fate().equals(fate))
                .findFirst()
                .orElseThrow(() -> new AssertionError(fate));
    }

    /** A policy with this quorum, of both trees and both witnesses, and one of a key type that is not known. */
    String policy(String quorum) {
        return """
            # both trees
            log %s
            log %s https://log.example
            witness w1 %s https://w1.example
            witness w2 %s
            witness pq pq.example/w+7f000000+%s
            %s
            """
                .formatted(
                        TestSealedLog.KEY.publicKey().votes().vkey(),
                        TestSealedLog.KEY.publicKey().verdicts().vkey(),
                        first.vkey(),
                        second.vkey(),
                        Base64.getEncoder().encodeToString(concat(new byte[] {0x7f}, new byte[1312])),
                        quorum);
    }

    private static byte[] concat(byte[] head, byte[] rest) {
        byte[] all = Arrays.copyOf(head, head.length + rest.length);
        System.arraycopy(rest, 0, all, head.length, rest.length);
        return all;
    }
}
