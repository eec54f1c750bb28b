// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;

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
}
