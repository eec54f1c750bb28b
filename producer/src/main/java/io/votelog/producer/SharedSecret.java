package io.votelog.producer;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The secret of HS256 tokens. */
final class SharedSecret implements TokenKey {
    private static final String MAC = "HmacSHA256";

    private final ThreadLocal<Mac> perThread;

    /** @param secret its UTF-8 bytes are the key */
    SharedSecret(String secret) {
        SecretKeySpec key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), MAC);
        this.perThread = ThreadLocal.withInitial(() -> {
            try {
                Mac mac = Mac.getInstance(MAC);
                mac.init(key);
                return mac;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Override
    public boolean signed(byte[] text, int length, byte[] signature) {
        Mac mac = perThread.get();
        mac.update(text, 0, length);
        return MessageDigest.isEqual(mac.doFinal(), signature);
    }
}
