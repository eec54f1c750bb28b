// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** With the examples of c2sp.org/signed-note and of Go's golang.org/x/mod/sumdb/note. */
class SignedNoteTest {
    private static final String GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    private static final String GO_PRIVATE_KEY =
            "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    private static final String GO_TEXT =
            "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    private static final String GO_LINE =
            "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";

    private static final String SPEC_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    private static final String SPEC_NOTE =
            "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

    private static SignedNote parse(String note) {
        return SignedNote.parse(note.getBytes(UTF_8));
    }

    @Test
    void shouldTakeTheExampleOfTheSpecification() {
        SignedNote note = parse(SPEC_NOTE);
        NoteVerifier key = NoteVerifier.parse(SPEC_KEY);
        assertThat(note.signedBy(key)).isTrue();
        assertThat(note.text()).isEqualTo("This is an example message.\n");
        assertThat(note.bytes()).isEqualTo(SPEC_NOTE.getBytes(UTF_8));
        assertThat(key.vkey()).isEqualTo(SPEC_KEY);
        assertThat(key.name()).isEqualTo("example.com/foo");
        assertThat(note.signedBy(NoteVerifier.parse(GO_KEY))).isFalse();
        assertThat(parse(SPEC_NOTE.replace("This", "That")).signedBy(key)).isFalse();
    }

    /** Ed25519 signatures have no chance in them, so ours is Go's, byte for byte. */
    @Test
    void shouldSignAsGoDoes() {
        NoteSigner signer = NoteSigner.parse(GO_PRIVATE_KEY);
        assertThat(signer.text()).isEqualTo(GO_PRIVATE_KEY);
        assertThat(signer.verifier().vkey()).isEqualTo(GO_KEY);
        assertThat(signer.sign(GO_TEXT)).isEqualTo(GO_LINE);
        assertThat(signer.verifier().verifies(GO_TEXT, GO_LINE)).isTrue();
        assertThat(signer.verifier().verifies(GO_TEXT, GO_LINE + "\n")).isTrue();
        assertThat(signer.verifier().verifies(GO_TEXT + "\n", GO_LINE)).isFalse();
        assertThat(signer).hasToString("private key of PeterNeumann");
    }

    /** The JDK's verifier alone would take them: it reads a signature's second half as a number, however many zeros are behind it. */
    @Test
    void shouldTakeNoSignatureOfAnotherLength() {
        NoteVerifier key = NoteVerifier.parse(GO_KEY);
        SignedNote.Signature right = SignedNote.Signature.read(GO_LINE).orElseThrow();
        for (int length : List.of(0, 63, 65, 66, 128)) {
            byte[] bytes = Arrays.copyOf(right.bytes(), Math.max(1, length));
            SignedNote.Signature other = new SignedNote.Signature(right.name(), right.keyId(), bytes);
            assertThat(key.verifies(GO_TEXT, other)).as(length + " bytes").isFalse();
        }
        assertThat(key.verifies(GO_TEXT, right)).isTrue();
    }

    @Test
    void shouldMakeKeysThatDiffer() {
        NoteSigner one = NoteSigner.generate("example.com/log");
        NoteSigner other = NoteSigner.generate("example.com/log");
        SignedNote note = new SignedNote("text\n", List.of()).with(one.sign("text\n"));
        assertThat(note.signedBy(one.verifier())).isTrue();
        assertThat(note.signedBy(other.verifier())).isFalse();
        assertThat(NoteSigner.parse(one.text()).sign("text\n")).isEqualTo(one.sign("text\n"));
        assertThat(parse(new String(note.bytes(), UTF_8))).isEqualTo(note);
        SignedNote both = note.with(other.sign("text\n") + "\n").with(one.sign("text\n"));
        assertThat(both.signatures()).hasSize(2);
        assertThat(both.signedBy(one.verifier()) && both.signedBy(other.verifier()))
                .isTrue();
    }

    @Test
    void shouldRefuseANoteOneOfWhoseSignaturesUnderAKnownKeyIsWrong() {
        NoteSigner signer = NoteSigner.generate("example.com/log");
        SignedNote twice = new SignedNote("text\n", List.of(line(signer.sign("text\n")), line(signer.sign("other\n"))));
        assertThat(twice.signedBy(signer.verifier())).isFalse();
    }

    private static SignedNote.Signature line(String line) {
        return SignedNote.Signature.read(line).orElseThrow();
    }

    @Test
    void shouldPartTheTextAtTheLastEmptyLine() {
        SignedNote note = parse("one\n\ntwo\n\n\n\n" + GO_LINE + "\n");
        assertThat(note.text()).isEqualTo("one\n\ntwo\n\n\n");
        assertThat(note.bytes()).isEqualTo(("one\n\ntwo\n\n\n\n" + GO_LINE + "\n").getBytes(UTF_8));
    }

    static List<String> malformedNotes() {
        String tooMany = GO_TEXT + "\n" + (GO_LINE + "\n").repeat(SignedNote.MOST_SIGNATURES + 1);
        return List.of(
                "",
                "\n",
                GO_TEXT,
                GO_TEXT + "\n",
                GO_TEXT + GO_LINE + "\n",
                GO_TEXT + "\n" + GO_LINE,
                GO_TEXT + "\n" + GO_LINE + "\r\n",
                GO_TEXT + "\n" + GO_LINE + "\n ",
                GO_TEXT + "\n" + GO_LINE + "\n\n",
                GO_TEXT + "\n" + GO_LINE.replace("— ", "- ") + "\n",
                GO_TEXT + "\n" + GO_LINE.replace("— ", "—") + "\n",
                GO_TEXT + "\n" + GO_LINE.replace("— ", "—  ") + "\n",
                GO_TEXT + "\n" + GO_LINE.replace("PeterNeumann", "Peter Neumann") + "\n",
                GO_TEXT + "\n" + GO_LINE.replace("PeterNeumann", "Peter\u2009Neumann") + "\n",
                GO_TEXT + "\n" + GO_LINE.replace("PeterNeumann", "Peter\u0085Neumann") + "\n",
                GO_TEXT + "\n" + GO_LINE.replace("PeterNeumann", "Peter+Neumann") + "\n",
                GO_TEXT + "\n" + GO_LINE.replace("PeterNeumann ", " ") + "\n",
                GO_TEXT + "\n" + GO_LINE.replace("nAM=", "nAM") + "\n",
                GO_TEXT + "\n" + GO_LINE.replace("nAM=", "nAN=") + "\n",
                GO_TEXT + "\n" + GO_LINE.replace("nAM=", "nA-=") + "\n",
                GO_TEXT + "\n— PeterNeumann x08gow==\n",
                GO_TEXT + "\nrubbish\n" + GO_LINE + "\n",
                "a\tb\n\n" + GO_LINE + "\n",
                "a\r\n\n" + GO_LINE + "\n",
                "a\u0000\n\n" + GO_LINE + "\n",
                tooMany,
                "x".repeat(SignedNote.LONGEST) + "\n\n" + GO_LINE + "\n");
    }

    @ParameterizedTest
    @MethodSource("malformedNotes")
    void shouldRefuseWhatIsNoNote(String note) {
        assertThatThrownBy(() -> parse(note)).isInstanceOf(TlogException.class).hasMessageContaining("note");
    }

    @Test
    void shouldRefuseWhatIsNoUtf8() {
        byte[] latin = ("é\n\n" + GO_LINE + "\n").getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> SignedNote.parse(latin))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("UTF-8");
    }

    @Test
    void shouldTakeAsManySignaturesAsTheBoundSays() {
        SignedNote note = parse(GO_TEXT + "\n" + (GO_LINE + "\n").repeat(SignedNote.MOST_SIGNATURES));
        assertThat(note.signedBy(NoteVerifier.parse(GO_KEY))).isTrue();
    }

    /** As Go's own test mangles it: each part of the text, and each byte one higher. */
    @Test
    void shouldRefuseEachMangledKey() {
        for (String good : List.of(GO_KEY, GO_PRIVATE_KEY)) {
            for (int from = 0; from <= good.length(); from++) {
                for (int to = from; to <= good.length(); to++) {
                    if (from > 0 || to < good.length()) {
                        assertRefused(good.substring(from, to));
                    }
                }
            }
            for (int i = 0; i < good.length(); i++) {
                assertRefused(good.substring(0, i) + (char) (good.charAt(i) + 1) + good.substring(i + 1));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Another length and another type, with the key ID that goes with them.
                "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
                "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
                "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
                "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
                "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n",
            })
    void shouldRefuseWhatIsNoKey(String key) {
        assertRefused(key);
    }

    private static void assertRefused(String key) {
        assertThatThrownBy(() -> NoteVerifier.parse(key)).as(key).isInstanceOf(TlogException.class);
        assertThatThrownBy(() -> NoteSigner.parse(key)).as(key).isInstanceOf(TlogException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a+b", "a\nb", "a\u00a0b", "\ud800"})
    void shouldMakeNoKeyForWhatIsNoName(String name) {
        assertThatThrownBy(() -> NoteSigner.generate(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no newline", "a\tb\n"})
    void shouldSignNothingThatIsNoText(String text) {
        NoteSigner signer = NoteSigner.generate("example.com/log");
        assertThatThrownBy(() -> signer.sign(text)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SignedNote(text, List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
