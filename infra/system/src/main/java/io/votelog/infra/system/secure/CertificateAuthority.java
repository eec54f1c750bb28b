// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system.secure;

import io.votelog.infra.broker.FileTrees;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Issues certificates for programs on this machine. The JDK's {@code keytool} makes and signs them; keys are on the curve P-256. The
 * authority's own key stays in its folder.
 */
final class CertificateAuthority {
    /** The certificate by which others know what it issued. */
    static final String CERTIFICATE = "authority.pem";

    private static final String STORE = "authority.p12";
    private static final String STORE_PASSWORD = "authority-password";
    private static final String ALIAS = "authority";
    private static final String PASSWORD_VARIABLE = "VOTELOG_STORE_PASSWORD";
    private static final int AUTHORITY_DAYS = 3650;
    /** Browsers take no certificate that is good for longer. */
    private static final int DAYS = 397;

    private static final long PATIENCE_S = 60;

    private final Path folder;
    private final String password;

    private CertificateAuthority(Path folder, String password) {
        this.folder = folder;
        this.password = password;
    }

    /**
     * A key and the certificates that go with it, its own first, each in PEM.
     *
     * @param key the private key (PKCS #8)
     * @param certificates its own and the authority's
     */
    record Issued(String key, String certificates) {
        /** Without the key. */
        @Override
        public String toString() {
            return "Issued[" + certificates + "]";
        }
    }

    /** The authority of this folder, which is made where there is none. */
    static CertificateAuthority in(Path folder) throws IOException {
        OwnerFiles.folder(folder);
        Path passwordFile = folder.resolve(STORE_PASSWORD);
        if (Files.notExists(passwordFile)) {
            OwnerFiles.write(passwordFile, OwnerFiles.drawn());
        }
        CertificateAuthority authority =
                new CertificateAuthority(folder, Files.readString(passwordFile).strip());
        if (Files.notExists(folder.resolve(CERTIFICATE))) {
            authority.make();
        }
        return authority;
    }

    private void make() throws IOException {
        Files.deleteIfExists(store());
        keytool(
                List.of("-genkeypair", "-alias", ALIAS, "-dname", "CN=Votelog on this machine"),
                List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", Integer.toString(AUTHORITY_DAYS)),
                List.of("-ext", "bc:c", "-ext", "ku:c=keyCertSign,cRLSign"),
                storedIn(store()));
        OwnerFiles.restrict(store());
        keytool(
                List.of(
                        "-exportcert",
                        "-rfc",
                        "-alias",
                        ALIAS,
                        "-file",
                        certificate().toString()),
                storedIn(store()));
        OwnerFiles.restrict(certificate());
    }

    /** Where its certificate is. */
    Path certificate() {
        return folder.resolve(CERTIFICATE);
    }

    /**
     * A new key with a certificate that is good for a year, for a program that is reached on this machine alone.
     *
     * @param name whom the certificate names
     * @param uses what the key may be used for, as {@code keytool} has it
     */
    Issued issue(String name, String uses) throws IOException {
        Path work = Files.createTempDirectory(folder, "issue");
        try {
            Path store = work.resolve("store.p12");
            Path request = work.resolve("request.csr");
            Path signed = work.resolve("signed.pem");
            keytool(
                    List.of("-genkeypair", "-alias", name, "-dname", "CN=" + name),
                    List.of("-keyalg", "EC", "-groupname", "secp256r1"),
                    storedIn(store));
            keytool(List.of("-certreq", "-alias", name, "-file", request.toString()), storedIn(store));
            keytool(
                    List.of("-gencert", "-rfc", "-alias", ALIAS, "-validity", Integer.toString(DAYS)),
                    List.of("-infile", request.toString(), "-outfile", signed.toString()),
                    List.of("-ext", "san=dns:localhost,ip:127.0.0.1,ip:0:0:0:0:0:0:0:1"),
                    List.of("-ext", "ku:c=digitalSignature", "-ext", "eku=" + uses),
                    storedIn(store()));
            return new Issued(key(store, name), Files.readString(signed, StandardCharsets.US_ASCII));
        } finally {
            FileTrees.delete(work);
        }
    }

    private String key(Path store, String alias) throws IOException {
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, password.toCharArray());
            Key key = keys.getKey(alias, password.toCharArray());
            return "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
                    .formatted(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path store() {
        return folder.resolve(STORE);
    }

    private static List<String> storedIn(Path store) {
        return List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass:env", PASSWORD_VARIABLE);
    }

    @SafeVarargs
    private void keytool(List<String>... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        for (List<String> some : arguments) {
            command.addAll(some);
        }
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put(PASSWORD_VARIABLE, password);
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IOException("keytool %s failed: %s".formatted(command.get(1), said));
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a certificate was made", e);
        }
    }
}
