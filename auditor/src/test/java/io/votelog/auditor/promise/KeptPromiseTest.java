// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.promise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.auditor.report.AuditException;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import io.votelog.schemas.promise.PromisedVote;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeptPromiseTest {
    private final PromisingGateway gateway = new PromisingGateway(new Random(1));

    @TempDir
    Path dir;

    @Test
    void shouldTakeEachPromiseOfATreeForWhatItSays() throws Exception {
        for (int size : List.of(1, 2, 3, 7, 64, 1_000)) {
            List<PromisedVote> votes = gateway.votes(size);
            Path file = dir.resolve(size + ".jsonl");
            Files.write(file, gateway.answers(votes));

            List<KeptPromise> kept =
                    KeptPromise.readAll(file, gateway.logKeys()).promises();
            assertThat(kept).hasSize(size);
            for (int at = 0; at < size; at++) {
                assertThat(kept.get(at).vote().bytes()).isEqualTo(votes.get(at).bytes());
                assertThat(kept.get(at).gatewayKey()).isEqualTo(gateway.keyText());
            }
        }
    }

    /** What a forger would change in an answer, and what is said of it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"offset\":\\d+ | \"offset\":1 | did not sign that",
                "\"partition\":\\d+ | \"partition\":9 | did not sign that",
                "\"ballotId\":\"fruits\" | \"ballotId\":\"nuts\" | did not sign that",
                "\"recordedAt\":\"2021 | \"recordedAt\":\"2022 | did not sign that",
                "\"index\":2 | \"index\":3 | did not sign that",
                "\"size\":5 | \"size\":6 | did not sign that",
                "\"size\":5 | \"size\":9 | to the root of no tree",
                "\"size\":5 | \"size\":0 | to the root of no tree",
                "\"index\":2 | \"index\":-1 | promise.index is -1",
                "\"path\":\\[\"[^\"]+\", | \"path\":[ | to the root of no tree",
                "\"format\":\"votelog-promise/2\" | \"format\":\"votelog-promise/1\" | this program reads votelog-promise/2",
                "\"recordedAt\":\"[^\"]+\" | \"recordedAt\":\"yesterday\" | a time as the gateway wrote it",
                "\"receipt\":\"[^\"]+\" | \"receipt\":\"x\" | no receipt",
                "\"signature\":\"[^\"]+\" | \"signature\":\"AA\" | of 64 bytes",
                "\"key\":\"[^\"]+\" | \"key\":\"AAAA\" | no record that names a gateway's key",
                "\"promise\": | \"promised\": | no member 'promise'",
                "\"offset\":(\\d+) | \"offset\":$1.7 | not the JSON of one answer",
                "\"offset\":(\\d+) | \"offset\":\"$1\" | not the JSON of one answer",
                "\"offset\":(\\d+) | \"offset\":$1,\"offset\":$1 | not the JSON of one answer",
                "\"path\":\\[[^]]+\\] | \"path\":null | promise.path is missing",
                "\"ballotId\":\"fruits\" | \"ballotId\":\"\\\\u001b[2J\" | [2J', which can be no ballot's id",
                "\"offset\":\\d+ | \"offset\":\"1e400\" | not the JSON of one answer",
            })
    void shouldTakeNothingElseForAPromise(String from, String to, String said) throws Exception {
        String answer = gateway.answers(gateway.votes(5)).get(2);
        String changed = answer.replaceFirst(from.strip(), to.strip());
        assertThat(changed).isNotEqualTo(answer);
        Path file = dir.resolve("answer.json");
        Files.writeString(file, changed);

        assertThatThrownBy(() -> KeptPromise.read(file, gateway.logKeys()))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("answer.json holds no promise")
                .hasMessageContaining(said.strip());
    }

    /** Every letter of every value that is not the format's own is looked at. */
    @Test
    void shouldTakeNoAnswerWithAnotherLetterInItForAPromise() throws Exception {
        String answer = gateway.answers(gateway.votes(3)).get(1);
        Path file = dir.resolve("answer.json");
        Random random = new Random(2);
        for (int n = 0; n < 200; n++) {
            int at = random.nextInt(answer.length());
            char old = answer.charAt(at);
            if (!Character.isLetterOrDigit(old)) {
                continue;
            }
            char other = old == 'A' || old == '1' ? '2' : '1';
            Files.writeString(file, answer.substring(0, at) + other + answer.substring(at + 1));
            String said = "letter %d, %s for %s".formatted(at, other, old);
            if (answer.lastIndexOf("\"voteId\"", at) >= 0 && at < answer.indexOf("\"ballotId\"")) {
                continue;
            }
            assertThatThrownBy(() -> KeptPromise.read(file, gateway.logKeys()))
                    .as(said)
                    .isInstanceOf(AuditException.class);
        }
    }

    @Test
    void shouldTakeNoPromiseOfAnotherLogForOne() throws Exception {
        Path file = dir.resolve("answer.json");
        Files.writeString(file, gateway.answers(gateway.votes(1)).get(0));
        KeyPair other = LogSigner.newKeyPair();
        LogKeys others = LogKeys.of(List.of(LogKeys.publicKeyText(other.getPublic())));

        assertThatThrownBy(() -> KeptPromise.read(file, others))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("Promises of another log?");
    }

    /** A batch's answers have lines of refused votes too, and what somebody contributed may be anything. */
    @Test
    void shouldSayWhichLinesHoldNoneAndReadTheOthers() throws Exception {
        String good = gateway.answers(gateway.votes(1)).get(0);
        Path file = dir.resolve("answers.jsonl");
        Files.write(
                file,
                List.of(
                        good,
                        "",
                        "{\"line\":2,\"status\":422,\"problem\":{}}",
                        good.replaceFirst("\"offset\":\\d+", "\"offset\":1"),
                        "x".repeat(50_000),
                        good));

        KeptPromise.Kept kept = KeptPromise.readAll(file, gateway.logKeys());
        assertThat(kept.promises()).hasSize(2);
        assertThat(kept.without()).isEqualTo(1);
        assertThat(kept.none()).isEqualTo(2);
        assertThat(kept.firstNone())
                .startsWith("line 4 holds no promise: the gateway's key")
                .contains("did not sign that");
        Files.writeString(file, "\n");
        assertThatThrownBy(() -> KeptPromise.readAll(file, gateway.logKeys())).hasMessageContaining("holds no promise");
    }
}
