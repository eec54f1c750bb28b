// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.promise;

import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.promise.Promise;
import io.votelog.schemas.promise.PromisedVote;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Promises votes as a gateway does, by keys of its own. */
public final class PromisingGateway {
    private final Random random;
    private final LogSigner logSigner;
    private final KeyPair key = LogSigner.newKeyPair();

    PromisingGateway(Random random) {
        this(random, newSigner());
    }

    /** @param logSigner names the gateway's key */
    public PromisingGateway(Random random, LogSigner logSigner) {
        this.random = random;
        this.logSigner = logSigner;
    }

    private static LogSigner newSigner() {
        KeyPair pair = LogSigner.newKeyPair();
        return LogSigner.of(LogSigner.privateKeyText(pair), LogKeys.publicKeyText(pair.getPublic()));
    }

    LogKeys logKeys() {
        return logSigner.publicKey();
    }

    String keyText() {
        return LogKeys.publicKeyText(key.getPublic());
    }

    /** The record by which the log names the gateway's key. */
    public byte[] keyRecord() {
        return logSigner.gatewayKeyNamed(Base64.getDecoder().decode(keyText()));
    }

    /** So many drawn votes. */
    List<PromisedVote> votes(int count) {
        List<PromisedVote> votes = new ArrayList<>();
        for (int at = 0; at < count; at++) {
            byte[] voter = new byte[16];
            byte[] hash = new byte[32];
            random.nextBytes(voter);
            random.nextBytes(hash);
            votes.add(new PromisedVote(
                    "fruits",
                    new Receipt(Pseudonym.of(voter), new UUID(random.nextLong(), random.nextLong())),
                    random.nextInt(4),
                    1_000 + random.nextInt(1_000),
                    1_638_666_123_000L + random.nextInt(10_000),
                    hash));
        }
        return votes;
    }

    /** The answers to these votes, promised together. */
    public List<String> answers(List<PromisedVote> votes) {
        Promise.Tree tree =
                new Promise.Tree(votes.stream().map(PromisedVote::bytes).toList());
        String signature = PromisedVote.text(sign(Promise.signedText(tree.size(), tree.root())));
        List<String> answers = new ArrayList<>();
        for (int at = 0; at < votes.size(); at++) {
            PromisedVote vote = votes.get(at);
            Promise promise = new Promise(at, tree.size(), tree.path(at), signature, PromisedVote.text(keyRecord()));
            answers.add(
                    ("{\"voteId\":\"%s\",\"ballotId\":\"%s\",\"receipt\":\"%s\",\"partition\":%d,\"offset\":%d,\"recordedAt\":\"%s\","
                                    + "\"promise\":%s}")
                            .formatted(
                                    vote.receipt().voteId(),
                                    vote.ballotId(),
                                    vote.receipt(),
                                    vote.partition(),
                                    vote.offset(),
                                    PromisedVote.timeText(vote.recordedAtMs()),
                                    json(promise, vote.recordHash())));
        }
        return answers;
    }

    private static String json(Promise promise, byte[] recordHash) {
        StringBuilder json = new StringBuilder();
        promise.writeJson(recordHash, json);
        return json.toString();
    }

    private byte[] sign(byte[] text) {
        try {
            Signature ed25519 = Signature.getInstance("Ed25519");
            ed25519.initSign(key.getPrivate());
            ed25519.update(text);
            return ed25519.sign();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
