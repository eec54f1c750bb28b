// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.infra.broker.CertificateFile;
import io.votelog.infra.system.App;
import io.votelog.infra.system.AppProcess;
import io.votelog.infra.system.BrokerPlan;
import io.votelog.infra.system.FreePorts;
import io.votelog.infra.system.RunningSystem;
import io.votelog.infra.system.SystemFolders;
import io.votelog.infra.system.SystemPlan;
import io.votelog.infra.system.secure.SystemSecurity;
import io.votelog.infra.testing.WholeSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Another authority issues all certificates, while votes are cast: all parts trust both for a while, get certificates of the new one, and then
 * trust the new one alone. Brokers and their controller, who know one another by certificates, are started again one by one each time.
 */
@WholeSystem
class AuthorityReplacedIT {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration GRACE = Duration.ofSeconds(20);
    private static final int BROKERS = 3;

    /** What the old authority has issued, in the files that the parts were told of. */
    private static final List<String> ISSUED =
            List.of("kafka.pem", "kafka-key.pem", "kafka-key-and-certificates.pem", "https.pem", "https-key.pem");

    @TempDir
    Path dir;

    @Test
    void shouldTakeEveryVoteMeanwhile() throws Exception {
        SystemSecurity security = SystemSecurity.in(dir.resolve("security"));
        SystemSecurity next = SystemSecurity.in(dir.resolve("next"));
        X509Certificate oldOne = CertificateFile.first(security.authority());
        X509Certificate newOne = CertificateFile.first(next.authority());
        SSLContext ofOld = CertificateFile.trusting(oldOne);
        SSLContext ofNew = CertificateFile.trusting(newOne);
        FreePorts ports = new FreePorts();
        SystemPlan plan = SystemPlan.of(ROOT, SystemFolders.in(dir))
                .brokers(BrokerPlan.of(BROKERS).withHeap("320m"))
                .patience(PATIENCE)
                .secured(security)
                .instances(App.PRODUCER, 2, ports)
                .instances(App.STREAMS, 2, ports)
                .build();
        try (RunningSystem system = RunningSystem.start(plan)) {
            VotesMeanwhile votes = new VotesMeanwhile(system, trustingBoth(oldOne, newOne));
            votes.publish();
            votes.begin();
            try {
                String both = Files.readString(security.authority()) + Files.readString(next.authority());
                Files.writeString(security.authority(), both);
                startAgain(system);
                votes.awaitMore();
                assertThatThrownBy(() -> greetAll(system, ofNew)).isInstanceOf(SSLHandshakeException.class);

                for (String file : ISSUED) {
                    Files.copy(
                            dir.resolve("next/tls").resolve(file),
                            dir.resolve("security/tls").resolve(file),
                            StandardCopyOption.REPLACE_EXISTING);
                }
                startAgain(system);
                votes.awaitMore();
                greetAll(system, ofNew);

                Files.copy(next.authority(), security.authority(), StandardCopyOption.REPLACE_EXISTING);
                startAgain(system);
                votes.awaitMore();
                greetAll(system, ofNew);
                assertThatThrownBy(() -> greetAll(system, ofOld)).isInstanceOf(SSLHandshakeException.class);
            } finally {
                votes.end();
            }
            votes.areCounted();
            votes.receiptsAreToldEverywhere();
        }
    }

    /** All parts, one after the other, each when the one before it is ready. */
    private static void startAgain(RunningSystem system) {
        system.kafka().restartController();
        for (int broker = 1; broker <= BROKERS; broker++) {
            system.kafka().restart(broker);
        }
        for (App app : App.values()) {
            for (AppProcess process : system.apps(app)) {
                process.stop(GRACE);
                process.start();
                process.awaitReady(PATIENCE);
            }
        }
    }

    /** A handshake with each broker and each app. */
    private static void greetAll(RunningSystem system, SSLContext trust) throws Exception {
        for (int broker = 1; broker <= BROKERS; broker++) {
            greet(system.kafka().port(broker), trust);
        }
        for (App app : App.values()) {
            for (AppProcess process : system.apps(app)) {
                greet(process.instance().http().port(), trust);
            }
        }
    }

    private static void greet(int port, SSLContext trust) throws Exception {
        try (SSLSocket socket = (SSLSocket) trust.getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.startHandshake();
            assertThat(socket.getSession().isValid()).as("port %d", port).isTrue();
        }
    }

    private static SSLContext trustingBoth(X509Certificate one, X509Certificate other) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry("one", one);
        trusted.setCertificateEntry("other", other);
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }
}
