// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Keys of the type 0x06: used where Java has ML-DSA-44, from version 24 on, and refused by name elsewhere. The first is tested on the JDK
 * that runs the tests if it has the algorithm, else on a newer one that is installed beside it, as in {@code NewerJdkIT}.
 */
class MlDsa44Test {
    private static final Checkpoint CHECKPOINT = new Checkpoint("example.com/log", 20_852_163, hash(7));
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000L);
    private static final Policy.Times ANY = new Policy.Times(Instant.EPOCH, NOW);

    /** What the program below prints when all of it was as it should be. */
    private static final String RIGHT = "all of it is right";

    private static byte[] hash(int filledWith) {
        byte[] hash = new byte[32];
        Arrays.fill(hash, (byte) filledWith);
        return hash;
    }

    /** Run on a JDK that has the algorithm. */
    public static void main(String[] args) {
        new MlDsa44Test().shouldVerifyCosignatures();
        new MlDsa44Test().shouldVerifyLogs();
        new MlDsa44Test().shouldCountInAPolicy();
        System.out.println(RIGHT);
    }

    private void shouldVerifyCosignatures() {
        MlDsaKeys keys = new MlDsaKeys("witness.example/w1");
        CosignatureVerifier verifier = CosignatureVerifier.parse(keys.vkey());
        String text = CHECKPOINT.text();
        String line = keys.sign(CHECKPOINT, 1_679_315_147L);
        assertThat(verifier.verify(text, line)).contains(Instant.ofEpochSecond(1_679_315_147L));
        assertThat(verifier.cosigned(new SignedNote(text, List.of()).with(line)))
                .isPresent();
        // Lines behind the third are no part of what is signed.
        assertThat(verifier.verify(text + "more\n", line)).isPresent();
        for (Checkpoint other : List.of(
                new Checkpoint("example.com/other", CHECKPOINT.size(), CHECKPOINT.root()),
                new Checkpoint(CHECKPOINT.origin(), CHECKPOINT.size() + 1, CHECKPOINT.root()),
                new Checkpoint(CHECKPOINT.origin(), CHECKPOINT.size(), hash(8)))) {
            assertThat(verifier.verify(other.text(), line)).isEmpty();
        }
        assertThat(verifier.verify(text, keys.sign(CHECKPOINT, 0))).isEmpty();
        assertThat(verifier.verify(text, keys.sign(CHECKPOINT, -1))).isEmpty();
        assertThat(CosignatureVerifier.parse(new MlDsaKeys("witness.example/w1").vkey())
                        .verify(text, line))
                .isEmpty();
        SignedNote.Signature good = SignedNote.Signature.read(line).orElseThrow();
        for (int bit = 0; bit < good.bytes().length * 8; bit += 997) {
            SignedNote.Signature changed =
                    new SignedNote.Signature(good.name(), good.keyId(), Sample.flipped(good.bytes(), bit));
            assertThat(verifier.verify(text, changed)).as("bit %d", bit).isEmpty();
        }
        assertThat(verifier.verify(text, new SignedNote.Signature(good.name(), good.keyId(), new byte[72])))
                .isEmpty();
        // A name of more bytes than the format has room for can't sign.
        MlDsaKeys longName = new MlDsaKeys("w".repeat(256));
        assertThat(CosignatureVerifier.parse(longName.vkey()).verify(text, longName.sign(CHECKPOINT, 5)))
                .isEmpty();
    }

    private void shouldVerifyLogs() {
        MlDsaKeys keys = new MlDsaKeys(CHECKPOINT.origin());
        NoteVerifier verifier = NoteVerifier.parse(keys.vkey());
        SignedNote unsigned = new SignedNote(CHECKPOINT.text(), List.of());
        // A log need not state when it signed.
        assertThat(unsigned.with(keys.sign(CHECKPOINT, 0)).signedBy(verifier)).isTrue();
        assertThat(unsigned.with(keys.sign(CHECKPOINT, 5)).signedBy(verifier)).isTrue();
        assertThat(unsigned.with(new MlDsaKeys(CHECKPOINT.origin()).sign(CHECKPOINT, 5))
                        .signedBy(verifier))
                .isFalse();
        SignedNote other = new SignedNote(CHECKPOINT.text().replace("20852163", "20852164"), List.of());
        assertThat(other.with(keys.sign(CHECKPOINT, 5)).signedBy(verifier)).isFalse();
        assertThat(new SignedNote("no checkpoint\n", List.of())
                        .with(keys.sign(CHECKPOINT, 5))
                        .signedBy(verifier))
                .isFalse();
        assertThat(verifier.named("example.com/log/votes").vkey()).startsWith("example.com/log/votes+");
    }

    private void shouldCountInAPolicy() {
        NoteSigner log = NoteSigner.generate(CHECKPOINT.origin());
        MlDsaKeys modern = new MlDsaKeys("witness.example/modern");
        Cosigner usual = new Cosigner("witness.example/usual");
        Policy policy = policy(log, modern.vkey(), usual.vkey());
        String text = CHECKPOINT.text();
        SignedNote signed = new SignedNote(text, List.of()).with(log.sign(text));
        SignedNote half = signed.with(usual.cosign(text, 1_700_000_000L));
        assertThat(policy.missing(half, ANY)).contains("modern did not cosign it");
        SignedNote both = half.with(modern.sign(CHECKPOINT, 1_700_000_001L));
        assertThat(policy.missing(both, ANY)).isEmpty();
        assertThat(policy.cosignatures(both))
                .containsExactly(
                        new Policy.Cosignature("modern", Instant.ofEpochSecond(1_700_000_001L)),
                        new Policy.Cosignature("usual", Instant.ofEpochSecond(1_700_000_000L)));
        MlDsaKeys logToo = new MlDsaKeys(CHECKPOINT.origin());
        Policy ofLog = Policy.parse(("log " + logToo.vkey() + "\nquorum none\n").getBytes(StandardCharsets.UTF_8));
        assertThat(ofLog.missing(new SignedNote(text, List.of()).with(logToo.sign(CHECKPOINT, 0)), ANY))
                .isEmpty();
        assertThat(ofLog.missing(signed, ANY)).contains("is not signed by a log of that name");
    }

    private static Policy policy(NoteSigner log, String modern, String usual) {
        return Policy.parse("log %s\nwitness modern %s\nwitness usual %s\ngroup g all modern usual\nquorum g\n"
                .formatted(log.verifier().vkey(), modern, usual)
                .getBytes(StandardCharsets.UTF_8));
    }

    @Test
    @Timeout(120)
    void shouldVerifyWhereJavaHasTheAlgorithm() throws Exception {
        if (MlDsa44.known()) {
            main(new String[0]);
            return;
        }
        Optional<Path> java = newer();
        if (java.isEmpty()) {
            System.out.println(
                    "ML-DSA-44 skipped: no JDK of version 24 or newer is installed beside JDK " + Runtime.version());
        }
        assumeTrue(java.isPresent());
        Path out = Files.createTempFile("ml-dsa", "");
        try {
            Process process = new ProcessBuilder(
                            java.get().toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            MlDsa44Test.class.getName())
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
            assertThat(process.waitFor()).as(Files.readString(out)).isZero();
            assertThat(Files.readString(out)).contains(RIGHT);
        } finally {
            Files.delete(out);
        }
    }

    private static Optional<Path> newer() throws IOException {
        Stream<Path> named = System.getenv().entrySet().stream()
                .filter(variable -> variable.getKey().startsWith("JAVA_HOME_"))
                .map(variable -> Path.of(variable.getValue()));
        Path usual = Path.of("/usr/lib/jvm");
        try (Stream<Path> installed = Files.isDirectory(usual) ? Files.list(usual) : Stream.empty()) {
            return Stream.concat(named, installed)
                    .filter(home -> version(home) >= 24)
                    .map(home -> home.resolve("bin/java"))
                    .filter(Files::isExecutable)
                    .findFirst();
        }
    }

    /** The feature version that the file {@code release} names, which every JDK has; 0 where there is none. */
    private static int version(Path home) {
        Properties said = new Properties();
        try (var text = Files.newBufferedReader(home.resolve("release"))) {
            said.load(text);
            return Runtime.Version.parse(said.getProperty("JAVA_VERSION", "").replace("\"", ""))
                    .feature();
        } catch (IOException | IllegalArgumentException none) {
            return 0;
        }
    }

    /** Without the algorithm such a witness never counts, and the others of its group do. */
    @Test
    void shouldDoNoHarmWhereJavaHasNotGotIt() {
        assumeTrue(!MlDsa44.known());
        String key = KeyText.of("witness.example/modern", (byte) 0x06, new byte[1312])
                .text();
        assertThatThrownBy(() -> CosignatureVerifier.parse(key))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("the key of witness.example/modern is of the algorithm ML-DSA-44")
                .hasMessageContaining("from version 24 on");
        assertThatThrownBy(() -> NoteVerifier.parse(key)).hasMessageContaining("ML-DSA-44");
        NoteSigner log = NoteSigner.generate(CHECKPOINT.origin());
        Cosigner usual = new Cosigner("witness.example/usual");
        String text = CHECKPOINT.text();
        SignedNote cosigned =
                new SignedNote(text, List.of()).with(log.sign(text)).with(usual.cosign(text, 1_700_000_000L));
        assertThat(policy(log, key, usual.vkey()).missing(cosigned, ANY))
                .contains(
                        "modern's key is of the type 0x06 (ML-DSA-44, which Java has from version 24 on), which is not known here: it never counts");
        Policy any = Policy.parse("log %s\nwitness modern %s\nwitness usual %s\ngroup g any modern usual\nquorum g\n"
                .formatted(log.verifier().vkey(), key, usual.vkey())
                .getBytes(StandardCharsets.UTF_8));
        assertThat(any.missing(cosigned, ANY)).isEmpty();
        assertThat(any.witnesses()).extracting(Policy.Witness::name).containsExactly("usual");
    }

    @Test
    void shouldRefuseKeysThatAreNone() {
        String shortKey = KeyText.of("w", (byte) 0x06, new byte[1311]).text();
        assertThatThrownBy(() -> CosignatureVerifier.parse(shortKey))
                .hasMessageContaining("has 1311 bytes; an ML-DSA-44 key has 1312");
        assertThatThrownBy(
                        () -> Policy.parse(("witness w " + shortKey + "\nquorum w\n").getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining("line 1 of the policy")
                .hasMessageContaining("1312");
        String good = KeyText.of("w", (byte) 0x06, new byte[1312]).text();
        String renamed = "v" + good.substring(1);
        assertThatThrownBy(
                        () -> Policy.parse(("witness w " + renamed + "\nquorum w\n").getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining("so one of them was changed");
    }
}
