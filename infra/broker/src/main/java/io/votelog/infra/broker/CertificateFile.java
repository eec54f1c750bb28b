// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Certificates in a PEM file, which may hold a private key too. */
public final class CertificateFile {
    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";

    private CertificateFile() {}

    /**
     * The first certificate of the file, which is that of the key's owner.
     *
     * @throws IOException where the file cannot be read, or holds none
     */
    public static X509Certificate first(Path pem) throws IOException {
        String text = Files.readString(pem, StandardCharsets.US_ASCII);
        // What stands before the first certificate is no certificate to the JDK's reader.
        String certificates = text.substring(Math.max(0, text.indexOf(BEGIN)));
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(certificates.getBytes(StandardCharsets.US_ASCII)));
        } catch (CertificateException e) {
            throw new IOException("%s holds no certificate in PEM".formatted(pem), e);
        }
    }

    /** For TLS to servers that have this certificate, or one that it has signed, and to no others. */
    public static SSLContext trusting(X509Certificate certificate) {
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            trusted.setCertificateEntry("trusted", certificate);
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
