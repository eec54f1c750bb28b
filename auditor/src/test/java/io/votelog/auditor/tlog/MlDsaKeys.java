// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** An ML-DSA-44 key pair, drawn where Java has the algorithm, that signs as c2sp.org/tlog-cosignature has it, written from its text. */
final class MlDsaKeys {
    private final String name;
    private final KeyPair pair;
    private final KeyText text;

    MlDsaKeys(String name) {
        try {
            this.name = name;
            pair = KeyPairGenerator.getInstance("ML-DSA-44").generateKeyPair();
            byte[] encoded = pair.getPublic().getEncoded();
            text = KeyText.of(name, (byte) 0x06, Arrays.copyOfRange(encoded, encoded.length - 1312, encoded.length));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    String vkey() {
        return text.text();
    }

    /** A signature line over a whole tree. */
    String sign(Checkpoint checkpoint, long time) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(message)) {
            out.write(HexFormat.of().parseHex("737562747265652f76310a00"));
            out.writeByte(name.getBytes(StandardCharsets.UTF_8).length);
            out.write(name.getBytes(StandardCharsets.UTF_8));
            out.writeLong(time);
            out.writeByte(checkpoint.origin().getBytes(StandardCharsets.UTF_8).length);
            out.write(checkpoint.origin().getBytes(StandardCharsets.UTF_8));
            out.writeLong(0);
            out.writeLong(checkpoint.size());
            out.write(checkpoint.root());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(line)) {
            Signature signature = Signature.getInstance("ML-DSA-44");
            signature.initSign(pair.getPrivate());
            signature.update(message.toByteArray());
            out.writeInt(text.id());
            out.writeLong(time);
            out.write(signature.sign());
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
        return "— %s %s".formatted(name, Base64.getEncoder().encodeToString(line.toByteArray()));
    }
}
