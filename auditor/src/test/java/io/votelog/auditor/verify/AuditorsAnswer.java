// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.promise.KeptPromise;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Step;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.CosignatureRequirement;
import io.votelog.auditor.seal.Leaf;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.tlog.Policy;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.TlogProof;
import io.votelog.rules.Ballot;
import io.votelog.schemas.Base64Url;
import io.votelog.schemas.Digests;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.promise.PromisedVote;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the auditor's own checks say of what a page was given: the answer that the page has to give as well. */
final class AuditorsAnswer {
    private static final JsonMapper STRICT = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Titles of the auditor's steps by the ids of the page's. */
    private static final Map<String, String> TITLES = Map.of(
            "vote.included", "The leaf of the vote is in the tree of votes",
            "voter", "The leaf is of this receipt's vote",
            "verdict.included", "The leaf of the verdict is in the tree of verdicts",
            "verdict.on", "The verdict is on that vote",
            "annulment.none", "The vote was not annulled later",
            "annulment.of", "The annulment is of this vote, and stands behind it",
            "annulment.included", "The leaf of the annulment is in the tree of votes",
            "obeyed.included", "The leaf on the annulment is in the tree of verdicts",
            "obeyed", "The annulment was obeyed");

    private final Map<String, Object> given;
    private final Path file;
    private final List<String> outcomes = new ArrayList<>();
    private final Set<String> receipts = new HashSet<>();
    private final Set<String> ballots = new HashSet<>();
    private final Map<String, String> answer = new LinkedHashMap<>();
    private boolean unreadable;

    private AuditorsAnswer(Map<String, Object> given, Path file) {
        this.given = given;
        this.file = file;
    }

    /**
     * The answer, as {@link #ofPage} shows one.
     *
     * @param given members of votelogCheck's argument
     * @param file that may be written
     */
    static Map<String, String> of(Map<String, Object> given, Path file) throws IOException {
        AuditorsAnswer answer = new AuditorsAnswer(given, file);
        answer.run();
        return answer.answer;
    }

    /** What the page answered, as far as the auditor has a word on it. */
    @SuppressWarnings("unchecked")
    static Map<String, String> ofPage(Map<String, Object> result) {
        Map<String, String> answer = new LinkedHashMap<>();
        List<String> steps = new ArrayList<>();
        for (Map<String, Object> step : (List<Map<String, Object>>) result.get("steps")) {
            String id = (String) step.get("id");
            String outcome = (String) step.get("outcome");
            if (List.of("promise.genuine", "promise.kept", "choices").contains(id) && !outcome.equals("notAsked")
                    || id.equals("keys") && outcome.equals("fail")) {
                answer.put(id, outcome);
            }
            String title = TITLES.get(id.replace(".cosigned", ""));
            if (title != null) {
                steps.add((id.endsWith(".cosigned") ? cosigned(title) : title) + ": " + outcome);
            }
        }
        if (!steps.isEmpty()) {
            answer.put("steps", String.join("\n", steps));
        }
        Number exitCode = (Number) result.get("exitCode");
        answer.put("conclusion", result.get("outcome") + " " + exitCode.intValue());
        if (result.get("verdict") != null && exitCode.intValue() != 1 && exitCode.intValue() != 2) {
            answer.put(
                    "verdict",
                    result.get("verdict") + " " + result.get("reason") + " "
                            + by((Map<String, ?>) result.get("annulledBy")));
        }
        return answer;
    }

    private static String cosigned(String title) {
        return title.replaceFirst(" is in ", " is in a cosigned checkpoint of ");
    }

    private static String by(Map<String, ?> annulledBy) {
        return annulledBy == null
                ? ""
                : List.of("ballotId", "partition", "offset", "recordedAt").stream()
                        .map(member -> String.valueOf(annulledBy.get(member)))
                        .toList()
                        .toString();
    }

    @SuppressWarnings("unchecked")
    private void run() throws IOException {
        SealedLogKey sealedLogKey;
        LogKeys logKeys;
        try {
            logKeys = LogKeys.of((List<String>) given.get("logKeys"));
            sealedLogKey = SealedLogKey.parse((List<String>) given.get("vkeys"));
        } catch (IllegalArgumentException | TlogException e) {
            answer.put("keys", "fail");
            answer.put("conclusion", "failed 2");
            return;
        }
        KeptPromise promise = promise(logKeys);
        Document document = document();
        ReceiptProofs proofs = proofs(document);
        Opening opening = opening();
        Optional<CosignatureRequirement> requirement = requirement();
        Receipt receipt = null;
        if (text("receipt") != null && !text("receipt").isEmpty()) {
            receipt = Receipt.parse(text("receipt")).orElse(null);
            if (receipt == null) {
                answer.put("conclusion", "failed 2");
                return;
            }
            receipts.add(text("receipt"));
        } else if (promise != null) {
            receipt = promise.vote().receipt();
        } else if (document != null && proofs != null) {
            receipt = document.receipt();
        } else if (opening != null) {
            receipt = opening.receipt();
        }
        if (receipts.size() > 1 || ballots.size() > 1) {
            outcomes.add("fail");
        }
        Report report = null;
        String verdict = null;
        if (proofs != null && receipt != null) {
            report = new ReceiptCheck(sealedLogKey, requirement).run(receipt, proofs);
            verdict = told(report, promise, document);
            hold(report, proofs, promise, opening);
        } else {
            if (proofs != null || opening != null) {
                outcomes.add("skipped");
            }
            if (opening != null) {
                answer.put("choices", "skipped");
            }
            if (proofs != null && promise != null) {
                answer.put("promise.kept", "skipped");
            }
        }
        conclude(report, verdict, promise);
    }

    private boolean has(String outcome) {
        return outcomes.contains(outcome);
    }

    private String text(String member) {
        return (String) given.get(member);
    }

    private KeptPromise promise(LogKeys keys) throws IOException {
        if (text("answer") == null) {
            return null;
        }
        try {
            Files.writeString(file, text("answer"));
            KeptPromise promise = KeptPromise.read(file, keys);
            answer.put("promise.genuine", "pass");
            receipts.add(promise.vote().receipt().toString());
            ballots.add(promise.vote().ballotId());
            return promise;
        } catch (AuditException e) {
            answer.put("promise.genuine", "fail");
            unread();
            return null;
        }
    }

    private void unread() {
        unreadable = true;
        outcomes.add("fail");
    }

    private record Document(Map<String, String> texts, Receipt receipt, String says) {}

    private Document document() {
        if (text("proof") == null) {
            return null;
        }
        JsonNode members = read(text("proof"), "votelog-proof/1");
        Receipt receipt = members == null
                ? null
                : Receipt.parse(members.path("receipt").asString("")).orElse(null);
        if (receipt == null || !isBallot(members) || !members.path("verdict").isString()) {
            return null;
        }
        Map<String, String> texts = new LinkedHashMap<>();
        Map.of("vote", "vote", "verdictProof", "verdict", "annulment", "annulment", "obeyed", "obeyed")
                .forEach((member, name) -> {
                    if (!members.path(member).isMissingNode()
                            && !members.path(member).isNull()) {
                        texts.put(
                                name,
                                members.path(member).isString()
                                        ? members.path(member).asString()
                                        : "");
                    }
                });
        receipts.add(receipt.toString());
        ballots.add(members.path("ballotId").asString());
        return new Document(texts, receipt, members.path("verdict").asString());
    }

    private static boolean isBallot(JsonNode members) {
        return members.path("ballotId").isString()
                && Ballot.isId(members.path("ballotId").asString());
    }

    private static JsonNode read(String json, String format) {
        try {
            JsonNode members = STRICT.readTree(json);
            return members.path("format").isString()
                            && members.path("format").asString().equals(format)
                    ? members
                    : null;
        } catch (JacksonException e) {
            return null;
        }
    }

    private ReceiptProofs proofs(Document document) {
        boolean asksDocument = given.containsKey("proof");
        Map<String, String> texts = new LinkedHashMap<>();
        List.of("vote", "verdict", "annulment", "obeyed").stream()
                .filter(given::containsKey)
                .forEach(name -> texts.put(name, text(name)));
        if (!asksDocument && texts.isEmpty()) {
            return null;
        }
        try {
            if (asksDocument && (document == null || !texts.isEmpty())) {
                throw new TlogException("no document");
            }
            Map<String, String> all = asksDocument ? document.texts() : texts;
            if (!all.containsKey("vote")
                    || !all.containsKey("verdict")
                    || all.containsKey("annulment") != all.containsKey("obeyed")) {
                throw new TlogException("half of them");
            }
            TlogProof vote = TlogProof.parse(all.get("vote"));
            TlogProof verdict = TlogProof.parse(all.get("verdict"));
            return new ReceiptProofs(
                    vote,
                    verdict,
                    all.containsKey("annulment")
                            ? new ReceiptProofs.Annulment(
                                    TlogProof.parse(all.get("annulment")), TlogProof.parse(all.get("obeyed")))
                            : null);
        } catch (TlogException e) {
            unread();
            return null;
        }
    }

    private record Opening(Receipt receipt, byte[] commitment) {}

    private Opening opening() {
        if (text("opening") == null) {
            return null;
        }
        JsonNode members = read(text("opening"), "votelog-opening/1");
        Receipt receipt = members == null
                ? null
                : Receipt.parse(members.path("receipt").asString("")).orElse(null);
        byte[] salt = members == null
                ? null
                : Base64Url.decode(members.path("choicesSalt").asString(""), 32).orElse(null);
        if (receipt == null
                || salt == null
                || !isBallot(members)
                || !members.path("choices").isArray()) {
            answer.put("choices", "fail");
            unread();
            return null;
        }
        MessageDigest sha256 = Digests.sha256();
        sha256.update(salt);
        for (JsonNode choice : members.path("choices")) {
            byte[] bytes = choice.asString("").getBytes(StandardCharsets.UTF_8);
            if (!choice.isString()) {
                answer.put("choices", "fail");
                unread();
                return null;
            }
            sha256.update((byte) (bytes.length >> 8));
            sha256.update((byte) bytes.length);
            sha256.update(bytes);
        }
        receipts.add(receipt.toString());
        ballots.add(members.path("ballotId").asString());
        return new Opening(receipt, sha256.digest());
    }

    private Optional<CosignatureRequirement> requirement() {
        byte[] policy = given.get("policyBase64") instanceof String encoded
                ? Base64.getDecoder().decode(encoded)
                : text("policy") == null ? null : text("policy").getBytes(StandardCharsets.UTF_8);
        if (policy == null) {
            return Optional.empty();
        }
        try {
            Instant now = Instant.ofEpochMilli((Long) given.get("now"));
            return Optional.of(CosignatureRequirement.asOf(now, Policy.parse(policy), null));
        } catch (TlogException e) {
            unread();
            return Optional.empty();
        }
    }

    /** Notes the steps, and the verdict with what belongs to it where it is proven. */
    private String told(Report report, KeptPromise promise, Document document) {
        answer.put(
                "steps",
                String.join(
                        "\n",
                        report.steps().stream()
                                .map(step -> step.title() + ": " + page(step.outcome()))
                                .toList()));
        report.steps().forEach(step -> outcomes.add(page(step.outcome())));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        report.printTo(new PrintStream(out, true, StandardCharsets.UTF_8), true);
        JsonNode json = Texts.JSON.readTree(out.toString(StandardCharsets.UTF_8));
        if (!json.has("verdict")) {
            return null;
        }
        String verdict = json.path("verdict").asString();
        JsonNode by = json.path("annulledBy");
        Map<String, Object> annulledBy = new LinkedHashMap<>();
        by.properties()
                .forEach(member ->
                        annulledBy.put(member.getKey(), member.getValue().asString()));
        if (promise != null
                && !by.isMissingNode()
                && !by.path("ballotId").asString().equals(promise.vote().ballotId())) {
            outcomes.add("fail");
        }
        if (document != null && !document.says().equals(verdict)) {
            outcomes.add("fail");
        }
        answer.put(
                "verdict",
                verdict + " " + json.path("reason").asString("") + " " + by(by.isMissingNode() ? null : annulledBy));
        return verdict;
    }

    private static String page(Step.Outcome outcome) {
        return switch (outcome) {
            case PASS -> "pass";
            case FAIL -> "fail";
            case SKIPPED -> "skipped";
            case NOT_ASKED -> "notAsked";
        };
    }

    /** Holds promise and opening to a leaf that is proven to be in the tree. */
    private void hold(Report report, ReceiptProofs proofs, KeptPromise promise, Opening opening) {
        boolean isIncluded = report.steps().get(0).outcome() == Step.Outcome.PASS;
        byte[] extra = proofs.vote().extra().orElse(new byte[0]);
        Leaf leaf = ReceiptProofs.leaf(Arrays.copyOfRange(extra, Math.min(32, extra.length), extra.length));
        if (promise != null) {
            PromisedVote vote = promise.vote();
            String kept = "skipped";
            if (isIncluded
                    && leaf instanceof Leaf.Record record
                    && record.partition() == vote.partition()
                    && record.offset() == vote.offset()) {
                kept = record.kind() == Leaf.VOTE && Arrays.equals(record.record(), vote.recordHash())
                        ? "pass"
                        : "fail";
            }
            put("promise.kept", kept);
            if (kept.equals("fail")) {
                outcomes.add("accused");
            }
        }
        if (opening != null) {
            boolean isSame = leaf instanceof Leaf.Record record
                    && record.kind() == Leaf.VOTE
                    && Arrays.equals(Arrays.copyOfRange(record.commitments(), 32, 64), opening.commitment());
            put("choices", !isIncluded ? "skipped" : isSame ? "pass" : "fail");
        }
    }

    private void put(String step, String outcome) {
        answer.put(step, outcome);
        outcomes.add(outcome);
    }

    private void conclude(Report report, String verdict, KeptPromise promise) {
        String conclusion;
        if (has("accused")) {
            conclusion = "accused 1";
        } else if (has("fail")) {
            conclusion = unreadable ? "failed 2" : "failed 1";
        } else if (has("skipped")) {
            conclusion = "incomplete 3";
        } else if (report != null) {
            conclusion = verdict.toLowerCase(Locale.ROOT) + " " + report.exitCode();
        } else {
            conclusion = promise == null ? "nothing 3" : "promised 0";
        }
        if (has("fail")) {
            answer.remove("verdict");
        }
        answer.put("conclusion", conclusion);
    }
}
