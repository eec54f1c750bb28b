// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.TimeoutError;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Media;
import com.sun.net.httpserver.HttpServer;
import io.votelog.auditor.TestLog;
import io.votelog.auditor.promise.PromisingGateway;
import io.votelog.auditor.seal.SealingKey;
import io.votelog.auditor.seal.TestSealedLog;
import io.votelog.auditor.tlog.TlogProof;
import io.votelog.auditor.verify.SealedVotes.Kept;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.infra.testing.browser.Browser;
import io.votelog.infra.testing.browser.Browser.Screen;
import io.votelog.infra.testing.browser.Browser.Visitor;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import io.votelog.schemas.promise.PromisedVote;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page that checks a proof, in Chromium without a network, held to what the auditor says of the same files. */
@WholeSystem
class CheckPageIT {
    private static final String ADDRESS =
            CheckPageTest.PAGE.toAbsolutePath().toUri().toString();
    private static final Path PICTURES = Path.of("target", "check-page");
    private static final int TOGETHER = 200;

    /** Checks many cases in one go; bytes come as base64. */
    private static final String CHECK_ALL =
            """
            async (cases) => {
              const results = [];
              for (const given of cases) {
                if (given.policyBase64) {
                  given.policy = Uint8Array.from(atob(given.policyBase64), (letter) => letter.charCodeAt(0));
                }
                results.push(await votelogCheck(given).catch((e) => ({ steps: [], outcome: String(e.stack), exitCode: 99 })));
              }
              return results;
            }
            """;

    private static Browser browser;

    @TempDir
    private Path dir;

    @BeforeAll
    static void start() {
        browser = Browser.start();
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
    }

    @AfterEach
    void leave() {
        browser.leave();
    }

    private static Random random() {
        long seed = Long.getLong("votelog.seed", System.nanoTime());
        System.out.println("check page: -Dvotelog.seed=" + seed);
        return new Random(seed);
    }

    private Page open(Screen screen, ColorScheme scheme, String locale) {
        return opened(browser.visitor(screen, scheme, locale));
    }

    private static Page opened(Visitor visitor) {
        visitor.offline(true);
        Page page = visitor.open(ADDRESS);
        page.waitForFunction("() => document.querySelector('#verdict').dataset.outcome");
        return page;
    }

    /** Has page and auditor look at all cases, and holds the one to the other. */
    @SuppressWarnings("unchecked")
    private void agree(Page page, List<Tampering.Case> cases) throws IOException {
        Map<String, Integer> conclusions = new HashMap<>();
        for (int from = 0; from < cases.size(); from += TOGETHER) {
            List<Tampering.Case> some = cases.subList(from, Math.min(cases.size(), from + TOGETHER));
            List<Map<String, Object>> results = (List<Map<String, Object>>) page.evaluate(
                    CHECK_ALL, some.stream().map(one -> sent(one.given())).toList());
            for (int at = 0; at < some.size(); at++) {
                Map<String, String> auditors = AuditorsAnswer.of(some.get(at).given(), dir.resolve("answer.json"));
                Map<String, String> pages = AuditorsAnswer.ofPage(results.get(at));
                if (auditors.containsKey("keys")) {
                    pages.keySet().retainAll(List.of("conclusion"));
                    auditors.remove("keys");
                }
                assertThat(pages)
                        .as("%s%n%s", some.get(at).what(), some.get(at).given())
                        .isEqualTo(auditors);
                conclusions.merge(auditors.get("conclusion"), 1, Integer::sum);
            }
        }
        System.out.println("check page: %d cases, %s".formatted(cases.size(), conclusions));
    }

    /** Numbers of 64 bits are no numbers of JavaScript; the time now is one. */
    private static Map<String, Object> sent(Map<String, Object> given) {
        Map<String, Object> sent = new LinkedHashMap<>(given);
        sent.computeIfPresent("now", (name, now) -> ((Long) now).doubleValue());
        return sent;
    }

    @Test
    void shouldSayOfDrawnLogsWhatTheAuditorSays() throws IOException {
        Random random = random();
        Page page = open(Screen.DESKTOP, ColorScheme.LIGHT, "en");
        Tampering cases = new Tampering(random);
        for (int log = 0; log < 6; log++) {
            SealedVotes drawn = new SealedVotes(random, dir.resolve("log" + log));
            for (Kept vote : drawn.votes) {
                cases.cases.add(new Tampering.Case("honest", vote.given()));
                cases.cases.add(new Tampering.Case("honest, in a document", vote.document()));
                Map<String, Object> alone = vote.given();
                List.of("annulment", "obeyed", "opening", "answer").forEach(alone::remove);
                cases.cases.add(new Tampering.Case("honest, the proofs alone", alone));
                Kept other = drawn.votes.get(random.nextInt(drawn.votes.size()));
                for (String member :
                        List.of("vote", "verdict", "annulment", "obeyed", "answer", "opening", "receipt")) {
                    cases.with(
                            "of another vote",
                            vote.given(),
                            member,
                            other.given().get(member));
                    cases.with("not given", vote.given(), member, null);
                }
                cases.with("of another vote, no receipt", without(vote.given(), "receipt"), "answer", other.answer());
                cases.with(
                        "of another vote, document",
                        vote.document(),
                        "proof",
                        other.document().get("proof"));
                cases.with(
                        "verdict for the vote",
                        vote.given(),
                        "vote",
                        vote.given().get("verdict"));
                cases.with(
                        "vote for the verdict",
                        vote.given(),
                        "verdict",
                        vote.given().get("vote"));
            }
        }
        agree(page, cases.cases);
        assertThat(cases.cases).hasSizeGreaterThan(1_000);
    }

    private static Map<String, Object> without(Map<String, Object> given, String... members) {
        List.of(members).forEach(given::remove);
        return given;
    }

    @Test
    void shouldSayOfChangedProofsWhatTheAuditorSays() throws IOException {
        Random random = random();
        SealedVotes drawn = new SealedVotes(random, dir.resolve("log"));
        Tampering cases = new Tampering(random);
        Map<String, Object> annulled = drawn.of("ANNULLED").given();
        annulled.remove("opening");
        for (String member : List.of("vote", "verdict", "annulment", "obeyed")) {
            cases.lines("the " + member, annulled, member);
            cases.letters("the " + member, annulled, member, 40);
            for (String index : List.of(
                    "index -1",
                    "index 00",
                    "index 9223372036854775807",
                    "index 9223372036854775808",
                    "index  1",
                    "index")) {
                cases.replaced("the " + member, annulled, member, "index \\d+", index);
            }
            cases.with(
                    "many signatures",
                    annulled,
                    member,
                    annulled.get(member)
                            + ((String) annulled.get(member))
                                    .lines()
                                    .reduce((a, b) -> b)
                                    .orElseThrow()
                                    .concat("\n")
                                    .repeat(98));
            cases.with(
                    "too many signatures",
                    annulled,
                    member,
                    annulled.get(member)
                            + ((String) annulled.get(member))
                                    .lines()
                                    .reduce((a, b) -> b)
                                    .orElseThrow()
                                    .concat("\n")
                                    .repeat(99));
            cases.with("no last line break", annulled, member, ((String) annulled.get(member)).stripTrailing());
            cases.with("a byte order mark", annulled, member, "\ufeff" + annulled.get(member));
            cases.with("windows lines", annulled, member, ((String) annulled.get(member)).replace("\n", "\r\n"));
        }
        Map<String, Object> rejected = drawn.of("REJECTED").given();
        cases.with(
                "of an annulled vote",
                with(rejected, "obeyed", annulled.get("obeyed")),
                "annulment",
                annulled.get("annulment"));
        cases.letters("a document", drawn.of("ANNULLED").document(), "proof", 300);
        cases.lines("a rejected vote's verdict", without(rejected, "answer", "opening"), "verdict");
        Map<String, Object> document = drawn.of("ACCEPTED").document();
        for (String[] change : new String[][] {
            {"\"verdict\":\"ACCEPTED\"", "\"verdict\":\"REJECTED\""},
            {"\"verdict\":\"ACCEPTED\"", "\"verdict\":1"},
            {"votelog-proof/1", "votelog-proof/2"},
            {"\"ballotId\":\"fruits\"", "\"ballotId\":\"nuts\""},
            {"\"ballotId\":\"fruits\"", "\"ballotId\":\"fruits\",\"ballotId\":\"fruits\""},
            {"\"ballotId\"", "\"other\":{\"a\":1,\"\\\\u0061\":2},\"ballotId\""},
            {"\"ballotId\"", "\"other\":[1,2.5e3,null,true,\"\\\\ud800\"],\"ballotId\""},
            {"\\}$", "} "},
            {"\\}$", "}x"},
        }) {
            cases.replaced("a document", document, "proof", change[0], change[1]);
        }
        agree(open(Screen.DESKTOP, ColorScheme.LIGHT, "en"), cases.cases);
        assertThat(cases.cases).hasSizeGreaterThan(1_500);
    }

    private static Map<String, Object> with(Map<String, Object> given, String member, Object value) {
        Map<String, Object> changed = new LinkedHashMap<>(given);
        changed.put(member, value);
        return changed;
    }

    @Test
    void shouldSayOfPromisesAndOpeningsWhatTheAuditorSays() throws IOException {
        Random random = random();
        SealedVotes drawn = new SealedVotes(random, dir.resolve("log"));
        Tampering cases = new Tampering(random);
        Kept kept = drawn.of("ACCEPTED");
        Map<String, Object> given = without(kept.given(), "annulment", "obeyed");
        Map<String, Object> alone =
                without(kept.given(), "vote", "verdict", "annulment", "obeyed", "opening", "receipt");
        cases.cases.add(new Tampering.Case("a promise alone", alone));
        broken(random, drawn, kept, cases, given);
        for (String[] change : new String[][] {
            {"\"offset\":(\\d+)", "\"offset\":9$1"},
            {"\"offset\":(\\d+)", "\"offset\":$1.0"},
            {"\"offset\":(\\d+)", "\"offset\":\"$1\""},
            {"\"offset\":(\\d+)", "\"offset\":$1,\"offset\":$1"},
            {"\"offset\":(\\d+)", "\"offset\":0$1"},
            {"\"offset\":(\\d+)", "\"offset\":$1e0"},
            {"\"offset\":(\\d+)", "\"offset\":-$1"},
            {"\"offset\":(\\d+)", "\"offset\":null"},
            {"\"offset\":(\\d+)", "\"offset\":[$1]"},
            {"\"offset\":(\\d+)", "\"offset\":9223372036854775808"},
            {"\"offset\":(\\d+)", "\"offset\":9007199254740993"},
            {"\"offset\":(\\d+)", "\"of\\\\u0066set\":$1"},
            {"\"offset\":(\\d+)", " \n\t\"offset\" :\r $1 "},
            {"\"offset\":(\\d+)", "\"offset\":\u00a0$1"},
            {"\"partition\":(\\d+)", "\"partition\":2147483648"},
            {"\"partition\":(\\d+)", "\"partition\":4294967296"},
            {"\"partition\":(\\d+)", "\"partition\":true"},
            {"\"partition\":0", "\"partition\":-0"},
            {"\"partition\":(\\d+)", "\"Partition\":$1"},
            {"\"ballotId\":\"fruits\"", "\"ballotId\":\"nuts\""},
            {"\"ballotId\":\"fruits\"", "\"ballotId\":12"},
            {"\"ballotId\":\"fruits\"", "\"ballotId\":{}"},
            {"\"ballotId\":\"fruits\"", "\"ballotId\":\"fruits\",\"x\":{\"a\":1,\"a\":1}"},
            {"\"ballotId\":\"fruits\"", "\"ballotId\":\"fruits\",\"__proto__\":{}"},
            {"\"ballotId\":\"fruits\"", "\"ballotId\":\"fr\\\\u0075its\""},
            {"\"ballotId\":\"fruits\"", "\"ballotId\":\"fruits\",\"x\":\"\\\\ud83d\""},
            {"\"ballotId\":\"fruits\"", "\"ballotId\":\"fruits\",\"x\":\"\\\\x\""},
            {"\"ballotId\":\"fruits\"", "\"ballotId\":\"fruits\",\"x\":\"\u0001\""},
            {"\"ballotId\":\"fruits\"", "\"ballotId\":\"fruits\",\"x\":\"\u007f\u2028\""},
            {"\"ballotId\":\"fruits\"", "\"ballotId\":\"fruits\",\"x\":NaN"},
            {"\"recordedAt\":\"2021", "\"recordedAt\":\"2022"},
            {"\"recordedAt\":\"2021", "\"recordedAt\":\"+2021"},
            {"Z\"", "+00:00\""},
            {"Z\"", "z\""},
            {"Z\"", ".000Z\""},
            {"\"index\":(\\d+)", "\"index\":9$1"},
            {"\"index\":(\\d+)", "\"index\":-1"},
            {"\"size\":(\\d+)", "\"size\":9$1"},
            {"\"size\":(\\d+)", "\"size\":0"},
            {"\"path\":\\[\"[^\"]+\",", "\"path\":["},
            {"\"path\":\\[[^]]+\\]", "\"path\":null"},
            {"\"path\":\\[[^]]+\\]", "\"path\":[]"},
            {"\"path\":\\[", "\"path\":[1,"},
            {"\"path\":\\[", "\"path\":[null,"},
            {"\"path\":\\[(\"[^\"]+\")", "\"path\":[$1,$1"},
            {"\"path\":\\[([^]]+)\\]", "\"path\":\"x\""},
            {"votelog-promise/2", "votelog-promise/1"},
            {"\"receipt\":\"[^\"]+\"", "\"receipt\":\"x\""},
            {"\"receipt\":\"", "\"receipt\":\" "},
            {"\"signature\":\"[^\"]+\"", "\"signature\":\"AA\""},
            {"\"key\":\"[^\"]+\"", "\"key\":\"AAAA\""},
            {"\"key\":\"([^\"]+)\"", "\"key\":\"$1AA\""},
            {"\"promise\":", "\"promised\":"},
            {"\"promise\":\\{", "\"promise\":[{"},
            {"\\}\\}$", "}} x"},
            {"\\}\\}$", "}}\n"},
            {"^\\{", "\ufeff{"},
            {"\\}\\}$", "},}"},
        }) {
            cases.replaced("an answer", alone, "answer", change[0], change[1]);
            cases.replaced("an answer", given, "answer", change[0], change[1]);
        }
        String answer = kept.answer();
        cases.with("an answer with white space", alone, "answer", " \r\n\t" + answer + "\n\n");
        cases.with("an answer of 16 KiB", alone, "answer", answer + " ".repeat(16 * 1024 - answer.length()));
        cases.with(
                "an answer of more than 16 KiB", alone, "answer", answer + " ".repeat(16 * 1024 - answer.length() + 1));
        for (int depth : List.of(498, 499, 500, 501)) {
            cases.with(
                    "an answer %d deep".formatted(depth),
                    alone,
                    "answer",
                    answer.replaceFirst("\\{", "{\"x\":" + "[".repeat(depth) + "]".repeat(depth) + ","));
        }
        for (int digits : List.of(1000, 1001)) {
            cases.with(
                    "a number of %d digits".formatted(digits),
                    alone,
                    "answer",
                    answer.replaceFirst("\\{", "{\"x\":" + "1".repeat(digits) + ","));
        }
        for (String nothing : List.of(
                "", "null", "[]", "1", "\"x\"", "{}", "{\"promise\":null}", "{\"promise\":{}}", "{\"promise\":\"\"}")) {
            cases.with("'%s'".formatted(nothing), alone, "answer", nothing);
        }
        cases.letters("an answer", alone, "answer", 600);
        cases.letters("an answer", given, "answer", 100);
        for (String receipt : List.of(
                "x",
                kept.receipt() + "=",
                kept.receipt() + "\n",
                kept.receipt().toString().substring(1),
                "A".repeat(43),
                "B".repeat(43))) {
            cases.with("receipt", given, "receipt", receipt);
        }
        cases.letters("a receipt", given, "receipt", 60);
        openings(kept, cases, given);
        keys(random, cases, given);
        agree(open(Screen.DESKTOP, ColorScheme.LIGHT, "en"), cases.cases);
        assertThat(cases.cases).hasSizeGreaterThan(1_000);
    }

    /** Promises that the gateway made, of what the log does not have; and of what no log has but in 64 bits. */
    private static void broken(
            Random random, SealedVotes drawn, Kept kept, Tampering cases, Map<String, Object> given) {
        PromisedVote vote = kept.promised();
        byte[] other = vote.recordHash().clone();
        other[random.nextInt(32)] ^= 1;
        List<PromisedVote> promised = List.of(
                new PromisedVote("fruits", vote.receipt(), vote.partition(), vote.offset(), vote.recordedAtMs(), other),
                new PromisedVote(
                        "fruits",
                        vote.receipt(),
                        vote.partition(),
                        vote.offset(),
                        vote.recordedAtMs() + 1,
                        vote.recordHash()),
                new PromisedVote(
                        "fruits",
                        vote.receipt(),
                        vote.partition(),
                        vote.offset() + 1,
                        vote.recordedAtMs(),
                        vote.recordHash()),
                new PromisedVote(
                        "fruits",
                        vote.receipt(),
                        vote.partition() + 1,
                        vote.offset(),
                        vote.recordedAtMs(),
                        vote.recordHash()),
                new PromisedVote(
                        "nuts",
                        vote.receipt(),
                        vote.partition(),
                        vote.offset(),
                        vote.recordedAtMs(),
                        vote.recordHash()),
                new PromisedVote(
                        "fruits",
                        drawn.of("REJECTED").receipt(),
                        vote.partition(),
                        vote.offset(),
                        vote.recordedAtMs(),
                        other),
                new PromisedVote("2021", vote.receipt(), vote.partition(), vote.offset(), 0, vote.recordHash()),
                new PromisedVote("true", vote.receipt(), vote.partition(), vote.offset(), -1, vote.recordHash()),
                new PromisedVote(
                        "1e5",
                        vote.receipt(),
                        Integer.MAX_VALUE,
                        Long.MAX_VALUE,
                        253_402_300_799_999L,
                        vote.recordHash()),
                new PromisedVote("fruits", vote.receipt(), 0, (1L << 53) + 1, vote.recordedAtMs(), vote.recordHash()));
        List<String> answers = drawn.gateway.answers(promised);
        for (String answer : answers) {
            cases.with("a promise of something else", given, "answer", answer);
            cases.with(
                    "a promise of something else, alone",
                    without(new LinkedHashMap<>(given), "vote", "verdict", "receipt", "opening"),
                    "answer",
                    answer);
            cases.with(
                    "a promise of something else, as numbers",
                    given,
                    "answer",
                    answer.replaceFirst("\"(2021|true|1e5)\"", "$1"));
        }
        String broken = answers.get(0);
        cases.lines(
                "of a broken promise", with(without(new LinkedHashMap<>(given), "opening"), "answer", broken), "vote");
        sealedOrder(drawn, cases, given);
        KeyPairs.others()
                .forEach(signer -> cases.with(
                        "a promise of another log",
                        given,
                        "answer",
                        new PromisingGateway(random, signer).answers(promised).get(0)));
        cases.with(
                "the trees of another log",
                with(given, "answer", broken),
                "vkeys",
                List.of(KeyPairs.vkeys("example.org/votelog")));
    }

    /** A vote was promised, and what is sealed at its place is an order: that breaks the promise, whatever its hash. */
    private static void sealedOrder(SealedVotes drawn, Tampering cases, Map<String, Object> given) {
        Kept kept = drawn.of("ANNULLED");
        TlogProof proof = kept.annulment().record();
        AnnulmentRecord order =
                AnnulmentRecord.parse(proof.extra().orElseThrow()).orElseThrow();
        byte[] entry = order.entry();
        byte[] extra = new byte[32 + entry.length];
        System.arraycopy(entry, 0, extra, 32, entry.length);
        TlogProof leaf = new TlogProof(Optional.of(extra), proof.index(), proof.proof(), proof.checkpoint());
        for (byte[] hash : List.of(new byte[32], Arrays.copyOfRange(entry, entry.length - 32, entry.length))) {
            PromisedVote vote = new PromisedVote(
                    "fruits",
                    kept.receipt(),
                    order.record().partition(),
                    order.record().offset(),
                    order.record().timestamp(),
                    hash);
            cases.with(
                    "an order where a vote was promised",
                    with(given, "answer", drawn.gateway.answers(List.of(vote)).get(0)),
                    "vote",
                    leaf.text());
        }
    }

    /** Keys of other logs. */
    private static final class KeyPairs {
        static List<LogSigner> others() {
            var pair = LogSigner.newKeyPair();
            return List.of(LogSigner.of(LogSigner.privateKeyText(pair), LogKeys.publicKeyText(pair.getPublic())));
        }

        static String vkeys(String name) {
            var key = SealingKey.generate(name).publicKey();
            return key.votes().vkey() + " " + key.verdicts().vkey();
        }
    }

    private static void openings(Kept kept, Tampering cases, Map<String, Object> given) {
        for (String[] change : new String[][] {
            {"\"choices\":\\[\"([^\"]+)\",\"([^\"]+)\"\\]", "\"choices\":[\"$2\",\"$1\"]"},
            {"\"choices\":\\[\"([^\"]+)\",", "\"choices\":[\"a3\","},
            {"\"choices\":\\[", "\"choices\":[\"\","},
            {"\"choices\":\\[", "\"choices\":[1,"},
            {"\"choices\":\\[[^]]+\\]", "\"choices\":[]"},
            {"\"choices\":\\[[^]]+\\]", "\"choices\":{}"},
            {"\"choices\":\\[\"([^\"]+)\",\"", "\"choices\":[\"$1"},
            {"\"choices\":", "\"choices\":[],\"choices\":"},
            {"\"ballotId\":\"fruits\"", "\"ballotId\":\"nuts\""},
            {"\"ballotId\":\"fruits\"", "\"ballotId\":\"\""},
            {"votelog-opening/1", "votelog-opening/2"},
            {"\"choicesSalt\":\"", "\"choicesSalt\":\"AAAA"},
            {"\"receipt\":\"[^\"]+\"", "\"receipt\":\"" + "A".repeat(43) + "\""},
        }) {
            cases.replaced("an opening", given, "opening", change[0], change[1]);
        }
        cases.letters("an opening", given, "opening", 200);
        cases.with(
                "an opening alone",
                without(new LinkedHashMap<>(given), "vote", "verdict", "answer", "receipt"),
                "opening",
                kept.opening());
    }

    private static void keys(Random random, Tampering cases, Map<String, Object> given) {
        var keys = TestSealedLog.KEY.publicKey();
        String votes = keys.votes().vkey();
        String verdicts = keys.verdicts().vkey();
        for (List<String> vkeys : List.of(
                List.of(votes, verdicts),
                List.of(verdicts, votes),
                List.of(" " + votes + "\n\t" + verdicts + "\n"),
                List.of(votes),
                List.of(verdicts),
                List.of(votes, votes),
                List.of(votes, verdicts, votes),
                List.of(KeyPairs.vkeys("example.org/votelog")),
                List.of(votes, KeyPairs.vkeys("example.org/votelog").split(" ")[1]),
                List.of(votes, KeyPairs.vkeys("example.org/other").split(" ")[1]),
                List.of("x"),
                List.of(votes + "=", verdicts),
                List.of(votes.replace("example", "Example"), verdicts))) {
            cases.with("keys", given, "vkeys", vkeys);
        }
        for (int n = 0; n < 40; n++) {
            int at = random.nextInt(votes.length());
            char other = "aZ09+/=.".charAt(random.nextInt(8));
            cases.with(
                    "a key's letter %d".formatted(at),
                    given,
                    "vkeys",
                    List.of(votes.substring(0, at) + other + votes.substring(at + 1), verdicts));
        }
        String key = TestLog.publicKey();
        for (String text : List.of(
                key + "\n",
                " " + key,
                key.replace("=", ""),
                key + "=",
                "AAAA",
                "",
                key.substring(1),
                Base64.getEncoder().encodeToString(new byte[32]))) {
            cases.with("a log's key", given, "logKeys", List.of(text));
        }
        cases.with(
                "two keys",
                given,
                "logKeys",
                List.of(LogKeys.publicKeyText(LogSigner.newKeyPair().getPublic()), key));
        cases.with(
                "another key",
                given,
                "logKeys",
                List.of(LogKeys.publicKeyText(LogSigner.newKeyPair().getPublic())));
        for (int n = 0; n < 20; n++) {
            byte[] changed = Base64.getDecoder().decode(key);
            changed[random.nextInt(32)] ^= (byte) (1 << random.nextInt(8));
            cases.with(
                    "a bit of the log's key",
                    given,
                    "logKeys",
                    List.of(Base64.getEncoder().encodeToString(changed)));
        }
    }

    @Test
    void shouldSayOfWitnessesWhatTheAuditorSays() throws IOException {
        Random random = random();
        SealedVotes drawn = new SealedVotes(random, dir.resolve("log"));
        Tampering cases = new Tampering(random);
        Map<String, Object> given = without(drawn.of("ANNULLED").given(), "answer", "opening");
        for (String quorum : List.of(
                "quorum none",
                "quorum w1",
                "quorum w2",
                "quorum pq",
                "quorum w3",
                "quorum constructor",
                "constructor x",
                "",
                "group a any pq w1\nquorum a",
                "group a all w1 w2\nquorum a",
                "group a all w1 pq\nquorum a",
                "group a 2 w1 w2 pq\nquorum a",
                "group a 3 w1 w2 pq\nquorum a",
                "group a any pq\ngroup b any w1 a\nquorum b",
                "group a any w1 w2\ngroup b all a pq\nquorum b",
                "group a 1 w1\ngroup b 1 w2\ngroup c 2 a b\nquorum c",
                "group a 0 w1\nquorum a",
                "group a 2 w1\nquorum a",
                "group a 01 w1\nquorum a",
                "group a any w1 w1\nquorum a",
                "group a any w1\ngroup b any w1\nquorum b",
                "group w1 any w2\nquorum w1",
                "group none any w1\nquorum none",
                "quorum w1\nquorum w1",
                "quorum w1 w2",
                "quorum",
                "group a any b\ngroup b any w1\nquorum b",
                "group a any w1 # no comment\nquorum a",
                "# \u00e9\n \t \ngroup\t\u00e9  any\t w1 \nquorum \u00e9",
                "quorum w1\r",
                "quorum w1\u000b",
                "Quorum w1",
                "group a any w1\nquorum a\n\n")) {
            String policy = drawn.policy(quorum);
            cases.with(quorum, given, "policy", policy);
            cases.with("without its logs, " + quorum, given, "policy", policy.replaceAll("(?m)^log .*\n", ""));
        }
        String policy = drawn.policy("group a 2 w1 w2 pq\nquorum a");
        cases.with("no last line break", given, "policy", policy.stripTrailing());
        cases.with("empty", given, "policy", "\n");
        byte[] latin = policy.replace("both", "b\u00f6th").getBytes(StandardCharsets.ISO_8859_1);
        cases.with("no UTF-8", given, "policyBase64", Base64.getEncoder().encodeToString(latin));
        cases.with(
                "another log's",
                given,
                "policy",
                policy.replaceAll("(?m)^log .*\n", "")
                        .concat("log " + KeyPairs.vkeys("example.org/votelog").split(" ")[0] + "\n"));
        cases.with("a witness's key for a log", given, "policy", policy + "log " + drawn.first.vkey() + "\n");
        cases.with(
                "a log's key for a witness",
                given,
                "policy",
                policy + "witness w4 " + KeyPairs.vkeys("w").split(" ")[0] + "\n");
        cases.with("a key twice", given, "policy", policy + "witness w4 " + drawn.first.vkey() + "\n");
        cases.letters("a policy", with(given, "policy", policy), "policy", 300);
        for (long now : List.of(
                SealedVotes.NOW_MS - 60_000,
                SealedVotes.NOW_MS - 240_000,
                SealedVotes.NOW_MS - 240_001,
                SealedVotes.NOW_MS - 360_000,
                SealedVotes.NOW_MS - 360_001,
                0L)) {
            cases.with("at " + now, with(given, "policy", policy), "now", now);
        }
        cosignatures(drawn, cases, with(given, "policy", drawn.policy("quorum w1")));
        agree(open(Screen.DESKTOP, ColorScheme.LIGHT, "en"), cases.cases);
    }

    /** Cosignatures of odd times, more than one, and broken ones beside right ones. */
    private static void cosignatures(SealedVotes drawn, Tampering cases, Map<String, Object> given) {
        String vote = (String) given.get("vote");
        String note = vote.substring(vote.indexOf("\n\n") + 2);
        String text = note.substring(0, note.lastIndexOf("\n\n") + 1);
        String bare = vote.replaceAll("(?m)^— witness.example/first .*\n", "");
        for (long time : List.of(
                1L,
                0L,
                -1L,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                31_556_889_864_403_199L,
                31_556_889_864_403_200L,
                253_402_300_800L,
                SealedVotes.NOW_MS / 1000 + 300,
                SealedVotes.NOW_MS / 1000 + 301)) {
            String line = drawn.first.cosign(text, time) + "\n";
            cases.with("cosigned at " + time, given, "vote", bare + line);
            cases.with("cosigned at " + time + " too", given, "vote", vote + line);
        }
        String other = drawn.first.cosign(text.replaceFirst("\n\\d+\n", "\n1\n"), 5);
        cases.with("another checkpoint's cosignature", given, "vote", bare + other + "\n");
        cases.with("another checkpoint's cosignature too", given, "vote", vote + other + "\n");
        cases.lines("of a cosigned vote", given, "vote");
    }

    // The page as people use it.

    private Path file(String name, Object text) throws IOException {
        return Files.writeString(dir.resolve(name), (String) text);
    }

    private static String announcement() {
        return "{\"format\":\"votelog-announcement/1\",\"publicKeys\":[\"%s\"],\"ballots\":[{\"ballotId\":\"fruits\",\"digest\":\"%s\",\"partitions\":2}],\"sealedLog\":[\"%s\"]}"
                .formatted(
                        TestLog.publicKey(),
                        TestLog.fruits().digestHex(),
                        TestSealedLog.vkeys().replace(" ", "\",\""));
    }

    private static void picture(Page page, String name) throws IOException {
        Files.createDirectories(PICTURES);
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(PICTURES.resolve(name + ".png"))
                .setFullPage(true));
    }

    private static void outcome(Page page, String outcome) throws IOException {
        try {
            page.waitForFunction(
                    "(outcome) => document.querySelector('#verdict').dataset.outcome === outcome", outcome);
        } catch (TimeoutError e) {
            picture(page, "failed");
            throw new AssertionError("%s: %s".formatted(outcome, page.innerText("main")), e);
        }
    }

    private static String step(Page page, String id) {
        return page.locator("[data-step=\"" + id + "\"]").getAttribute("class");
    }

    @Test
    void shouldCheckTheFilesThatAVoterKept() throws IOException {
        SealedVotes drawn = new SealedVotes(random(), dir.resolve("log"));
        Kept kept = drawn.of("ACCEPTED").withoutAnnulment();
        Path[] files = {
            file("announcement.json", announcement()),
            file("fruits.promise.json", kept.answer()),
            file("opening.json", kept.opening()),
            file("policy", drawn.policy("quorum w1"))
        };
        Path[] document = {file("proof.json", kept.document().get("proof"))};
        Path[] singles = {
            file("mine.verdict.tlog-proof", kept.given().get("verdict")),
            file("mine.vote.tlog-proof", kept.given().get("vote"))
        };
        for (String language : List.of("zh-CN", "en-GB")) {
            for (Screen screen : List.of(Screen.PHONE, Screen.DESKTOP)) {
                Visitor visitor = browser.visitor(
                        screen, screen == Screen.PHONE ? ColorScheme.DARK : ColorScheme.LIGHT, language);
                Page page = opened(visitor);
                outcome(page, "nothing");
                Browser.assertAccessible(page);
                page.setInputFiles("#files", files);
                outcome(page, "incomplete");
                page.setInputFiles("#files", screen == Screen.PHONE ? document : singles);
                outcome(page, "accepted");
                assertThat(step(page, "promise.kept")).isEqualTo("pass");
                assertThat(step(page, "choices")).isEqualTo("pass");
                assertThat(step(page, "vote.included.cosigned")).isEqualTo("pass");
                assertThat(page.textContent("[data-step=keys]"))
                        .contains(TestLog.publicKey())
                        .contains(TestSealedLog.vkeys().split(" "));
                assertThat(page.title()).isEqualTo(language.startsWith("zh") ? "核验选票" : "Check a vote");
                Browser.assertAccessible(page);
                Browser.assertFits(page);
                picture(page, "accepted-%s-%s".formatted(screen, language));
                assertThat(page.evaluate("performance.getEntriesByType('resource').length"))
                        .isEqualTo(0);
                assertThat(visitor.complaints()).isEmpty();
            }
        }
    }

    @Test
    void shouldSayLoudlyThatAPromiseIsBroken() throws IOException {
        SealedVotes drawn = new SealedVotes(random(), dir.resolve("log"));
        Kept kept = drawn.of("REJECTED");
        PromisedVote vote = kept.promised();
        String answer = drawn.gateway
                .answers(List.of(new PromisedVote(
                        "fruits", vote.receipt(), vote.partition(), vote.offset(), vote.recordedAtMs(), new byte[32])))
                .get(0);
        Page page = open(Screen.DESKTOP, ColorScheme.LIGHT, "en");
        for (Object pasted : List.of(
                TestSealedLog.vkeys(),
                "  " + TestLog.publicKey(),
                answer,
                "\n" + kept.given().get("vote"),
                ((String) kept.given().get("verdict")).stripTrailing())) {
            page.fill("#paste", (String) pasted);
            page.click("#add");
        }
        outcome(page, "accused");
        assertThat(page.textContent("#verdict-title")).contains("PROOF AGAINST THE OPERATOR");
        Browser.assertAccessible(page);
        picture(page, "accused-en");
        page.click("#language");
        assertThat(page.textContent("#verdict-title")).contains("指证运营方的证据");
        picture(page, "accused-zh");
        page.emulateMedia(new Page.EmulateMediaOptions().setMedia(Media.PRINT));
        picture(page, "accused-print");
        page.emulateMedia(new Page.EmulateMediaOptions().setMedia(Media.SCREEN));
        page.fill("#paste", "no such thing");
        page.click("#add");
        assertThat(page.textContent("#in-said")).contains("no such thing");
        page.fill("#receipt", kept.receipt().toString());
        page.locator("#given button").nth(2).click();
        outcome(page, "rejected");
    }

    @Test
    void shouldTakeTheAnnulmentsFilesByWhatStandsInThem() throws IOException {
        SealedVotes drawn = new SealedVotes(random(), dir.resolve("log"));
        Map<String, Object> given = drawn.of("ANNULLED").given();
        Page page = open(Screen.PHONE, ColorScheme.LIGHT, "zh-CN");
        List<Path> files = new ArrayList<>(List.of(file("keys", announcement())));
        for (String name : List.of("vote", "verdict", "annulment", "obeyed")) {
            files.add(file("a-" + name, given.get(name)));
        }
        page.setInputFiles("#files", files.toArray(Path[]::new));
        outcome(page, "incomplete");
        page.fill("#receipt", (String) given.get("receipt"));
        outcome(page, "annulled");
        assertThat(page.textContent("#verdict-text")).contains("fruits");
        Browser.assertFits(page);
        picture(page, "annulled-phone-zh");
    }

    /** An engine that lacks what it takes says so, and nothing else. */
    @Test
    void shouldNotSayThatAnythingIsRightWithoutSignatures() throws IOException {
        Map<String, String> without = Map.of(
                "crypto.subtle.importKey = () => Promise.reject(new DOMException('', 'NotSupportedError'));", "Ed25519",
                "crypto.subtle.verify = async () => true;", "Ed25519",
                "crypto.subtle.verify = async () => false;", "Ed25519",
                "Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined });", "https");
        SealedVotes drawn = new SealedVotes(random(), dir.resolve("log"));
        Map<String, Object> given = drawn.of("ACCEPTED").given();
        Path[] files = {
            file("keys", announcement()),
            file("answer", given.get("answer")),
            file("v", given.get("vote")),
            file("w", given.get("verdict"))
        };
        for (Map.Entry<String, String> engine : without.entrySet()) {
            Visitor visitor = browser.visitor(Screen.PHONE, ColorScheme.LIGHT, "en");
            visitor.beginWith(engine.getKey());
            Page page = opened(visitor);
            outcome(page, "unsupported");
            page.setInputFiles("#files", files);
            page.waitForFunction("() => document.querySelectorAll('#given li').length === 4");
            outcome(page, "unsupported");
            assertThat(page.textContent("#verdict"))
                    .contains(engine.getValue(), "auditor verify-receipt")
                    .doesNotContain("Proven");
            assertThat(page.isHidden("#checked")).isTrue();
        }
        Visitor old = browser.withoutScripts(Screen.PHONE, "zh");
        assertThat(old.open(ADDRESS).textContent("#verdict")).contains("未作任何核验", "Nothing has been checked");
    }

    @Test
    void shouldAskItsServerOnTheButtonAlone() throws IOException {
        SealedVotes drawn = new SealedVotes(random(), dir.resolve("log"));
        Kept kept = drawn.of("RETRIED").withoutAnnulment();
        List<String> asked = new ArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        String proofAt = "/v1/ballots/fruits/receipts/%s/proof?partition=%d&offset=%d"
                .formatted(
                        kept.receipt(),
                        kept.promised().partition(),
                        kept.promised().offset());
        Map<String, String> texts = Map.of(
                "/check", Files.readString(CheckPageTest.PAGE), "/announcement.json", announcement(), proofAt, (String)
                        kept.document().get("proof"));
        server.createContext("/", exchange -> {
            String wanted = exchange.getRequestURI().toString();
            asked.add(wanted);
            byte[] body = texts.getOrDefault(wanted, "{}").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders()
                    .set("Content-Type", wanted.equals("/check") ? "text/html; charset=utf-8" : "application/json");
            exchange.sendResponseHeaders(texts.containsKey(wanted) ? 200 : 404, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            String origin = "http://127.0.0.1:" + server.getAddress().getPort();
            Page page = browser.visitor(Screen.PHONE, ColorScheme.LIGHT, "en")
                    .open(origin
                            + "/check#ballot=fruits&receipt=%s&partition=%d&offset=%d"
                                    .formatted(
                                            kept.receipt(),
                                            kept.promised().partition(),
                                            kept.promised().offset()));
            outcome(page, "nothing");
            assertThat(asked).containsExactly("/check");
            page.click("#fetch");
            outcome(page, "retried");
            assertThat(page.textContent("#verdict")).contains("agrees with itself");
            assertThat(asked).containsExactly("/check", "/announcement.json", proofAt);
            Browser.assertAccessible(page);
            picture(page, "from-server-phone-en");
            page.fill("#offset", "99999");
            page.click("#fetch");
            page.waitForFunction("() => document.querySelector('#which-said').textContent.includes('404')");
            page.fill("#offset", "../x");
            page.click("#fetch");
            page.waitForFunction("() => document.querySelector('#which-said').textContent.includes('43 letters')");
            assertThat(asked).hasSize(4);
        } finally {
            server.stop(0);
        }
    }

    /** As on a cheap phone. What a run takes is said; the bound is wide, since the machine may be busy. */
    @Test
    void shouldBeDoneSoonOnASlowProcessor() throws IOException {
        SealedVotes drawn = new SealedVotes(random(), dir.resolve("log"));
        Map<String, Object> given =
                with(drawn.of("ANNULLED").given(), "policy", drawn.policy("group a all w1 w2\nquorum a"));
        Visitor visitor = browser.visitor(Screen.PHONE, ColorScheme.LIGHT, "en");
        Page page = opened(visitor);
        visitor.slowProcessor(page, 6);
        double ms = ((Number) page.evaluate(
                        "async (given) => { const from = performance.now(); await votelogCheck(given); return performance.now() - from; }",
                        sent(given)))
                .doubleValue();
        System.out.println("check page: %.0f ms with the processor slowed six times".formatted(ms));
        assertThat(ms).isLessThan(5_000);
    }

    /** Saved by its reader and opened again, it checks as before. */
    @Test
    void shouldCheckWhenItIsSavedAndMoved() throws IOException {
        Path saved = Files.copy(CheckPageTest.PAGE, dir.resolve("核验 saved.html"));
        SealedVotes drawn = new SealedVotes(random(), dir.resolve("log"));
        Map<String, Object> given = without(drawn.of("REJECTED").given(), "annulment", "obeyed");
        Visitor visitor = browser.visitor(Screen.DESKTOP, ColorScheme.DARK, "zh");
        visitor.offline(true);
        Page page = visitor.open(saved.toUri().toString());
        outcome(page, "nothing");
        page.setInputFiles("#files", new Path[] {
            file("k", announcement()),
            file("a", given.get("answer")),
            file("v", given.get("vote")),
            file("w", given.get("verdict"))
        });
        outcome(page, "rejected");
        assertThat(page.textContent("#verdict-text")).matches(Pattern.compile("原因：.+"));
        picture(page, "rejected-desktop-zh-dark");
        assertThat(visitor.complaints()).isEmpty();
    }
}
