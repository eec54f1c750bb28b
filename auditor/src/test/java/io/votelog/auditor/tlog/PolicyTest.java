// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyTest {
    private static final NoteSigner LOG = NoteSigner.generate("example.com/log");
    private static final List<Cosigner> WITNESSES = Stream.of("x1", "x2", "x3", "y1", "y2", "y3")
            .map(name -> new Cosigner("witness.example/" + name))
            .toList();

    private static final String KEYS = "log " + LOG.verifier().vkey() + "\n" + witness("X1", 0) + witness("X2", 1)
            + witness("X3", 2) + witness("Y1", 3) + witness("Y2", 4) + witness("Y3", 5);

    /** The example of the specification. */
    private static final String TWO_LEVELS = KEYS
            + """
            group X-witnesses 2 X1 X2 X3
            group Y-witnesses any Y1 Y2 Y3

            group X-and-Y all X-witnesses Y-witnesses
            quorum X-and-Y
            """;

    static Policy policy(String file) {
        return Policy.parse(file.getBytes(StandardCharsets.UTF_8));
    }

    private static String witness(String name, int number) {
        return "witness " + name + " " + WITNESSES.get(number).vkey() + "\n";
    }

    private static final Policy.Times TIMES =
            new Policy.Times(Instant.EPOCH, Instant.ofEpochSecond(1_700_000_000).plusSeconds(300));

    private static boolean met(Policy policy, SignedNote checkpoint) {
        return policy.met(checkpoint, TIMES);
    }

    private static String missing(Policy policy, SignedNote checkpoint) {
        return policy.missing(checkpoint, TIMES);
    }

    private static SignedNote checkpoint(int... cosigners) {
        String text = new Checkpoint("example.com/log", 7, new byte[32]).text();
        SignedNote note = new SignedNote(text, List.of()).with(LOG.sign(text));
        for (int cosigner : cosigners) {
            note = note.with(WITNESSES.get(cosigner).cosign(text, 1_700_000_000));
        }
        return note;
    }

    @Test
    void shouldCountTheWitnessesOfTheExample() {
        Policy policy = policy(TWO_LEVELS);
        assertThat(policy.logs()).extracting(Policy.Log::name).containsExactly("example.com/log");
        assertThat(policy.witnesses())
                .extracting(Policy.Witness::name)
                .containsExactly("X1", "X2", "X3", "Y1", "Y2", "Y3");
        for (int mask = 0; mask < 64; mask++) {
            int[] cosigners = cosigners(mask);
            boolean enough = Integer.bitCount(mask & 7) >= 2 && Integer.bitCount(mask >> 3) >= 1;
            assertThat(met(policy, checkpoint(cosigners)))
                    .as("witnesses %d", mask)
                    .isEqualTo(enough);
        }
        assertThat(missing(policy, checkpoint(0, 5)))
                .isEqualTo(
                        "the quorum is not met: X-and-Y has 1 of 2 that it needs (X-witnesses has 1 of 2 that it needs"
                                + " (X2 did not cosign it, X3 did not cosign it))");
        assertThat(missing(policy, checkpoint(0, 1, 5))).isEmpty();
    }

    private static int[] cosigners(int mask) {
        return IntStream.range(0, 6).filter(i -> (mask >> i & 1) == 1).toArray();
    }

    @Test
    void shouldNeedALogItNames() {
        Policy policy = policy(TWO_LEVELS);
        SignedNote good = checkpoint(0, 1, 5);
        NoteSigner other = NoteSigner.generate("example.com/other");
        SignedNote ofOther = new SignedNote(good.text(), List.of()).with(other.sign(good.text()));
        assertThat(met(policy, ofOther)).isFalse();
        assertThat(missing(policy, ofOther))
                .contains("not signed by a log of that name")
                .contains("example.com/log");
        // Signed by a log's key, and of another origin.
        String text = new Checkpoint("example.com/elsewhere", 7, new byte[32]).text();
        assertThat(met(policy, new SignedNote(text, List.of()).with(LOG.sign(text))))
                .isFalse();
        assertThat(met(policy, new SignedNote("no checkpoint\n", List.of()).with(LOG.sign("no checkpoint\n"))))
                .isFalse();
        // Who signed it is then for the caller to know.
        assertThat(met(policy("quorum none\n"), ofOther)).isTrue();
        assertThat(met(policy("log " + LOG.verifier().vkey() + "\nquorum none\n"), checkpoint()))
                .isTrue();
    }

    @Test
    void shouldNotCountAWitnessOneOfWhoseLinesIsWrong() {
        Policy policy = policy(KEYS + "quorum X1\n");
        SignedNote good = checkpoint(0);
        assertThat(met(policy, good)).isTrue();
        String wrong = WITNESSES.get(0).cosign(new Checkpoint("example.com/log", 8, new byte[32]).text(), 5);
        List<SignedNote.Signature> lines = new ArrayList<>(good.signatures());
        lines.add(SignedNote.Signature.read(wrong).orElseThrow());
        assertThat(met(policy, new SignedNote(good.text(), lines))).isFalse();
    }

    @Test
    void shouldReadBlanksCommentsAndUrls() {
        Policy policy = policy("# a comment – not ASCII\n\n \t # another\n\tlog \t"
                + LOG.verifier().vkey() + "  https://log.example/\t\n witness Wü "
                + WITNESSES.get(0).vkey() + " https://w.example/x\nquorum\tWü\n");
        assertThat(policy.logs().get(0).url()).isEqualTo("https://log.example/");
        assertThat(policy.witnesses().get(0).url()).isEqualTo("https://w.example/x");
        assertThat(policy.witnesses().get(0).name()).isEqualTo("Wü");
        assertThat(met(policy, checkpoint(0))).isTrue();
        assertThat(met(policy, checkpoint(1))).isFalse();
    }

    static List<Arguments> wrong() {
        String log = "log " + LOG.verifier().vkey() + "\n";
        String sameKey = KeyText.of(
                        "other/name",
                        KeyText.COSIGNATURE,
                        KeyText.parse(WITNESSES.get(0).verifier().vkey()).raw())
                .text();
        String sameLogKey = KeyText.of(
                        "other/name",
                        KeyText.ED25519,
                        KeyText.parse(LOG.verifier().vkey()).raw())
                .text();
        return List.of(
                Arguments.of("", 1, "which quorum"),
                Arguments.of(log, 1, "which quorum"),
                Arguments.of("quorum none", 1, "newline"),
                Arguments.of(log + "quorum none\nquorum none\n", 3, "already"),
                Arguments.of(log + "quorum X1\n", 2, "no line above defines 'X1'"),
                Arguments.of("quorum X1\n" + witness("X1", 0), 1, "no line above defines 'X1'"),
                Arguments.of("log\nquorum none\n", 1, "log VKEY [URL]"),
                Arguments.of("log a b c\nquorum none\n", 1, "log VKEY [URL]"),
                Arguments.of("log abc\nquorum none\n", 1, "no key"),
                Arguments.of("log " + WITNESSES.get(0).vkey() + "\nquorum none\n", 1, "type 0x04"),
                Arguments.of(log + log + "quorum none\n", 2, "another log's already"),
                Arguments.of(log + "log " + sameLogKey + "\nquorum none\n", 2, "another log's already"),
                Arguments.of("witness X1\nquorum none\n", 1, "witness NAME VKEY [URL]"),
                Arguments.of("witness X1 " + LOG.verifier().vkey() + "\nquorum none\n", 1, "type 0x01"),
                Arguments.of(
                        witness("X1", 0) + "witness X2 " + sameKey + "\nquorum none\n", 2, "another witness's already"),
                Arguments.of(witness("X1", 0) + witness("X1", 1) + "quorum none\n", 2, "'X1' is defined already"),
                Arguments.of(witness("none", 0) + "quorum none\n", 1, "'none' can't be defined"),
                Arguments.of(KEYS + "group X1 any X2\nquorum none\n", 8, "'X1' is defined already"),
                Arguments.of(KEYS + "group none any X2\nquorum none\n", 8, "'none' can't be defined"),
                Arguments.of(KEYS + "group g any none\nquorum none\n", 8, "no line above defines 'none'"),
                Arguments.of(KEYS + "group g any\nquorum none\n", 8, "group NAME all|any|NUMBER MEMBER..."),
                Arguments.of(KEYS + "group g any g\nquorum none\n", 8, "no line above defines 'g'"),
                Arguments.of(KEYS + "group g any X1 X1\nquorum none\n", 8, "member of a group already"),
                Arguments.of(KEYS + "group g any X1\ngroup h any X1\nquorum none\n", 9, "member of a group already"),
                Arguments.of(KEYS + "group g 0 X1\nquorum none\n", 8, "a number from 1 to 1"),
                Arguments.of(KEYS + "group g 2 X1\nquorum none\n", 8, "a number from 1 to 1"),
                Arguments.of(KEYS + "group g -1 X1\nquorum none\n", 8, "a number from 1 to 1"),
                Arguments.of(KEYS + "group g some X1\nquorum none\n", 8, "a number from 1 to 1"),
                Arguments.of(KEYS + "group g 99999999999999999999 X1\nquorum none\n", 8, "a number from 1 to 1"),
                Arguments.of("policy none\n", 1, "'policy' is none of"),
                Arguments.of("quorum none\r\n", 1, "control characters"),
                Arguments.of("# \u007f\nquorum none\n", 1, "control characters"),
                Arguments.of("quorum\u00a0none\n", 1, "is none of"));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void shouldNameTheLineThatIsWrong(String file, int line, String what) {
        assertThatThrownBy(() -> policy(file))
                .isInstanceOf(TlogException.class)
                .hasMessageStartingWith("line " + line + " of the policy: ")
                .hasMessageContaining(what);
    }

    /** A chain of groups, each the only member of the next. */
    @Test
    void shouldTakeManyGroupsAndNotTooMany() {
        StringBuilder chain = new StringBuilder(KEYS).append("group g1 any X1\n");
        for (int i = 2; i <= 256; i++) {
            chain.append("group g%d any g%d\n".formatted(i, i - 1));
        }
        Policy policy = policy(chain + "quorum g256\n");
        assertThat(met(policy, checkpoint(0))).isTrue();
        assertThat(met(policy, checkpoint(1))).isFalse();
        assertThatThrownBy(() -> policy(chain + "group h any X2\nquorum h\n"))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("more than 256 groups");
    }

    private static final String UNKNOWN =
            KeyText.of("pq.example/w", (byte) 0x07, new byte[1312]).text();

    /** A witness with a key of a newer kind takes nothing from the others, and adds nothing. */
    @Test
    void shouldNeverCountAWitnessOfAnUnknownKind() {
        String witnesses = KEYS + "witness PQ " + UNKNOWN + " https://pq.example/\n";
        Policy any = policy(witnesses + "group g any PQ X1\nquorum g\n");
        assertThat(met(any, checkpoint(0))).isTrue();
        assertThat(met(any, checkpoint(1))).isFalse();
        assertThat(any.witnesses()).extracting(Policy.Witness::name).doesNotContain("PQ");
        Policy all = policy(witnesses + "group g all PQ X1\nquorum g\n");
        assertThat(met(all, checkpoint(0))).isFalse();
        assertThat(missing(all, checkpoint(0)))
                .contains("PQ's key is of the type 0x07, which is not known here: it never counts");
        assertThatThrownBy(() -> policy(witnesses + "witness again " + UNKNOWN.replace("pq.example/w", "pq.example/v")
                        + "\nquorum X1\n"))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("another witness's already");
    }

    /** Else a policy whose logs are all of a newer kind would take checkpoints of any log. */
    @Test
    void shouldTakeNoLogForOneOfAnUnknownKind() {
        Policy policy = policy("log " + UNKNOWN + "\nquorum none\n");
        assertThat(policy.logs()).isEmpty();
        assertThat(met(policy, checkpoint())).isFalse();
        assertThat(met(policy("log " + UNKNOWN + "\nlog " + LOG.verifier().vkey() + "\nquorum none\n"), checkpoint()))
                .isTrue();
    }

    @Test
    void shouldTakeBytesForWhatTheyAre() {
        byte[] head = "# ".getBytes(StandardCharsets.US_ASCII);
        byte[] rest = ("\n" + KEYS + "group W\u00ff any X1\nquorum W\u00ff\n").getBytes(StandardCharsets.ISO_8859_1);
        byte[] file = new byte[head.length + 3 + rest.length];
        System.arraycopy(head, 0, file, 0, head.length);
        // No UTF-8, and a character that some take for the end of a line.
        file[head.length] = (byte) 0xc3;
        file[head.length + 1] = (byte) 0xff;
        file[head.length + 2] = (byte) 0x85;
        System.arraycopy(rest, 0, file, head.length + 3, rest.length);
        assertThat(met(Policy.parse(file), checkpoint(0))).isTrue();
        assertThat(met(Policy.parse(file), checkpoint(1))).isFalse();
        // K and the sign for kelvin are two names, whatever some alphabets say.
        assertThatThrownBy(() -> policy(KEYS + "group K any X1\nquorum \u212a\n"))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("no line above defines '\u212a'");
    }

    @Test
    void shouldBoundTheTimesOfCosignatures() {
        Policy policy = policy(KEYS + "quorum X1\n");
        Instant at = Instant.ofEpochSecond(1_700_000_000);
        SignedNote note = checkpoint(0);
        assertThat(policy.cosignatures(note)).containsExactly(new Policy.Cosignature("X1", at));
        assertThat(policy.met(note, new Policy.Times(at, at))).isTrue();
        assertThat(policy.met(note, new Policy.Times(at.plusSeconds(1), at.plusSeconds(9))))
                .isFalse();
        assertThat(policy.met(note, new Policy.Times(Instant.EPOCH, at.minusSeconds(1))))
                .isFalse();
        String never = WITNESSES.get(0).cosign(note.text(), 0);
        assertThat(policy.met(
                        new SignedNote(note.text(), List.of())
                                .with(LOG.sign(note.text()))
                                .with(never),
                        new Policy.Times(Instant.MIN, Instant.MAX)))
                .isFalse();
    }
}
