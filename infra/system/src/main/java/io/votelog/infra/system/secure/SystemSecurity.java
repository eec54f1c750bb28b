// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system.secure;

import io.votelog.infra.broker.BrokerSecurity;
import io.votelog.infra.broker.CertificateFile;
import io.votelog.infra.broker.Credentials;
import io.votelog.schemas.cluster.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;

/**
 * The certificates and the users of one secured system. A folder keeps them: {@code tls} has the authority and what it issued,
 * {@code kafka} a file of client settings for each user.
 */
public final class SystemSecurity {
    private static final String KAFKA = "kafka";
    private static final String HTTPS = "https";
    /** A certificate that ends within this time is replaced at the next start. */
    private static final Duration LEFT = Duration.ofDays(30);

    private final Path tls;
    private final CertificateAuthority authority;
    private final KafkaUsers users;

    private SystemSecurity(Path tls, CertificateAuthority authority, KafkaUsers users) {
        this.tls = tls;
        this.authority = authority;
        this.users = users;
    }

    /**
     * That of this folder; what is missing is made, and what ends soon is replaced.
     *
     * @throws IOException where something there is damaged
     */
    public static SystemSecurity in(Path folder) throws IOException {
        Path tls = folder.toAbsolutePath().resolve("tls");
        CertificateAuthority authority = CertificateAuthority.in(tls);
        SystemSecurity security = new SystemSecurity(
                tls, authority, KafkaUsers.in(folder.toAbsolutePath().resolve("kafka"), authority.certificate()));
        for (String name : List.of(KAFKA, HTTPS)) {
            if (security.endsSoon(name)) {
                security.issue(name);
            }
        }
        return security;
    }

    private boolean endsSoon(String name) throws IOException {
        Path certificates = certificates(name);
        return Files.notExists(certificates)
                || Files.notExists(key(name))
                || Files.notExists(both(name))
                || certificate(certificates)
                        .getNotAfter()
                        .toInstant()
                        .isBefore(Instant.now().plus(LEFT));
    }

    /** Gives the apps' HTTPS a new key and certificate; they take it while they run. */
    public void renewHttps() throws IOException {
        issue(HTTPS);
    }

    /** Gives the brokers a new key and certificate, which they take when they are told to ({@link ClusterSetup#reloadCertificates}). */
    public void renewKafka() throws IOException {
        issue(KAFKA);
    }

    private void issue(String name) throws IOException {
        // Only brokers and controllers present theirs as clients too.
        String uses = name.equals(KAFKA) ? "serverAuth,clientAuth" : "serverAuth";
        CertificateAuthority.Issued issued = authority.issue("votelog-" + name, uses);
        // Written last, so where it is missing another start has been broken off, and all three are made anew.
        Files.deleteIfExists(both(name));
        OwnerFiles.write(key(name), issued.key());
        OwnerFiles.write(certificates(name), issued.certificates());
        // Brokers read one file.
        OwnerFiles.write(both(name), issued.key() + issued.certificates());
    }

    private Path key(String name) {
        return tls.resolve(name + "-key.pem");
    }

    private Path certificates(String name) {
        return tls.resolve(name + ".pem");
    }

    private Path both(String name) {
        return tls.resolve(name + "-key-and-certificates.pem");
    }

    /**
     * Files of this folder without which nobody gets into brokers that were started with them, since brokers learn these two passwords when
     * their storage is made.
     */
    public static List<Path> neededWithALog(Path folder) {
        return KafkaUsers.knownFromTheBeginning(folder.toAbsolutePath().resolve("kafka"));
    }

    /** Whom the brokers' and the apps' certificates are known by: a PEM file. */
    public Path authority() {
        return authority.certificate();
    }

    /** The part's client settings, in a file as Kafka's tools take it. */
    public Path settingsFile(Role role) {
        return users.settingsFile(role);
    }

    /** What the brokers are started with. */
    public BrokerSecurity ofBrokers() {
        return new BrokerSecurity(both(KAFKA), authority.certificate(), users.brokers(), users.administrator());
    }

    /** What the administrator's client is configured with, its address aside. */
    public Map<String, String> administratorSettings() {
        return BrokerSecurity.clientSettings(authority.certificate(), users.administrator());
    }

    /** What a part's client is configured with, its address aside. */
    public Map<String, String> clientSettings(Role role) {
        return BrokerSecurity.clientSettings(authority.certificate(), users.of(role));
    }

    /** Whom a part logs in as. */
    public Credentials user(Role role) {
        return users.of(role);
    }

    /**
     * Has a part log in as another user from its next start on, whom the brokers must be told ({@link ClusterSetup#allow}) before. The user
     * before goes on to be known to them until it is taken away ({@link ClusterSetup#forget}).
     *
     * @return the new user
     */
    public Credentials replaceUser(Role role) throws IOException {
        return users.replace(role);
    }

    /** The settings by which an app speaks TLS, to its clients and to the brokers, in order; there is no secret among them. */
    public Map<String, String> appSettings() {
        String bundle = "spring.ssl.bundle.pem." + HTTPS + ".";
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("server.ssl.bundle", HTTPS);
        settings.put("management.server.ssl.enabled", "false");
        settings.put(bundle + "keystore.certificate", "file:" + certificates(HTTPS));
        settings.put(bundle + "keystore.private-key", "file:" + key(HTTPS));
        settings.put(bundle + "truststore.certificate", "file:" + authority.certificate());
        settings.put(bundle + "reload-on-update", "true");
        BrokerSecurity.clientSettings(authority.certificate())
                .forEach((key, value) -> settings.put("spring.kafka.properties." + key, value));
        return settings;
    }

    /**
     * The environment variables by which an app learns its password.
     *
     * @param role the part that the app is
     */
    public Map<String, String> appEnvironment(Role role) {
        return Map.of(
                "SPRING_KAFKA_PROPERTIES_SASL_JAAS_CONFIG", clientSettings(role).getOrDefault("sasl.jaas.config", ""));
    }

    /** What an HTTP client takes that trusts the apps' certificates, and no others. */
    public SSLContext trust() {
        try {
            return CertificateFile.trusting(certificate(authority.certificate()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static X509Certificate certificate(Path pem) throws IOException {
        try {
            return CertificateFile.first(pem);
        } catch (IOException e) {
            throw new IOException(
                    "%s is damaged: it holds no certificate in PEM; delete the folder %s, and new ones are made"
                            .formatted(pem, pem.getParent()),
                    e);
        }
    }
}
