// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CosignatureVerifierTest {
    private static final String TEXT = new Checkpoint("example.com/log", 7, new byte[32]).text();

    private final Cosigner witness = new Cosigner("witness.example/w1");

    @Test
    void shouldVerifyACosignatureAndTellItsTime() {
        CosignatureVerifier verifier = witness.verifier();
        assertThat(verifier.vkey()).isEqualTo(witness.vkey());
        assertThat(verifier.name()).isEqualTo("witness.example/w1");
        assertThat(verifier.verify(TEXT, witness.cosign(TEXT, 1_679_315_147)))
                .contains(Instant.ofEpochSecond(1_679_315_147));
        // Lines behind the third are signed too.
        assertThat(verifier.verify(TEXT + "more\n", witness.cosign(TEXT + "more\n", 1)))
                .isPresent();
        assertThat(verifier.verify(TEXT + "more\n", witness.cosign(TEXT, 1))).isEmpty();
    }

    @Test
    void shouldRefuseWhatIsNoCosignature() {
        CosignatureVerifier verifier = witness.verifier();
        String line = witness.cosign(TEXT, 1_679_315_147);
        assertThat(verifier.verify(TEXT.replace("7", "8"), line)).isEmpty();
        assertThat(new Cosigner("witness.example/w1").verifier().verify(TEXT, line))
                .isEmpty();
        assertThat(verifier.verify(TEXT, witness.cosign(TEXT, 0))).isEmpty();
        assertThat(verifier.verify(TEXT, witness.cosign(TEXT, -1))).isEmpty();
        assertThat(verifier.verify(TEXT, witness.cosign(TEXT, Long.MAX_VALUE))).isEmpty();
        assertThat(verifier.verify("no checkpoint\n", witness.cosign("no checkpoint\n", 1)))
                .isEmpty();
        SignedNote.Signature good = SignedNote.Signature.read(line).orElseThrow();
        for (int bit = 0; bit < good.bytes().length * 8; bit += 5) {
            SignedNote.Signature changed =
                    new SignedNote.Signature(good.name(), good.keyId(), Sample.flipped(good.bytes(), bit));
            assertThat(verifier.verify(TEXT, changed)).as("bit %d", bit).isEmpty();
        }
        assertThat(verifier.verify(TEXT, new SignedNote.Signature(good.name(), good.keyId(), new byte[64])))
                .isEmpty();
    }

    @Test
    void shouldCountACheckpointAsCosignedWhenEachLineOfTheKeyVerifies() {
        SignedNote note = new SignedNote(TEXT, List.of());
        CosignatureVerifier verifier = witness.verifier();
        assertThat(verifier.cosigned(note)).isEmpty();
        assertThat(verifier.cosigned(note.with(witness.cosign(TEXT, 5)))).contains(Instant.ofEpochSecond(5));
        SignedNote.Signature good =
                SignedNote.Signature.read(witness.cosign(TEXT, 5)).orElseThrow();
        SignedNote.Signature bad =
                SignedNote.Signature.read(witness.cosign("other\n", 5)).orElseThrow();
        assertThat(verifier.cosigned(new SignedNote(TEXT, List.of(good, bad)))).isEmpty();
    }

    @Test
    void shouldTakeNoKeyOfAnotherType() {
        String log = NoteSigner.generate("example.com/log").verifier().vkey();
        assertThatThrownBy(() -> CosignatureVerifier.parse(log))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("type 0x01");
        assertThatThrownBy(() -> NoteVerifier.parse(witness.vkey()))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("type 0x04");
        String other = KeyText.of("w", (byte) 0x07, new byte[1312]).text();
        assertThatThrownBy(() -> CosignatureVerifier.parse(other))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("type 0x07");
    }
}
