// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.broker.BrokerSecurity;
import io.votelog.infra.broker.Credentials;
import io.votelog.infra.system.Address;
import io.votelog.infra.system.App;
import io.votelog.infra.system.AppOptions;
import io.votelog.infra.system.AppProcess;
import io.votelog.infra.system.AuditorJar;
import io.votelog.infra.system.BrokerPlan;
import io.votelog.infra.system.FreePorts;
import io.votelog.infra.system.RunningSystem;
import io.votelog.infra.system.SystemFolders;
import io.votelog.infra.system.SystemPlan;
import io.votelog.infra.system.sealer.SealerProcess;
import io.votelog.infra.system.secure.ClusterSetup;
import io.votelog.infra.system.secure.SystemSecurity;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.schemas.cluster.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.AuthenticationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each part gets another user and password while votes are cast: brokers are told the new user, the part's instances are started again one
 * by one, and the old user is forgotten. No vote is refused for good, each is counted once, its receipt is told by every streams-app, and all of
 * them are sealed.
 */
@WholeSystem
class UsersReplacedIT {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration GRACE = Duration.ofSeconds(20);

    @TempDir
    Path dir;

    private RunningSystem system;
    private List<SealerPlace> sealers = List.of();

    @Test
    void shouldTakeEveryVoteMeanwhile() throws Exception {
        SystemSecurity security = SystemSecurity.in(dir.resolve("security"));
        FreePorts ports = new FreePorts();
        SystemPlan plan = SystemPlan.of(ROOT, SystemFolders.in(dir))
                .brokers(BrokerPlan.single().withHeap("384m"))
                .patience(PATIENCE)
                .secured(security)
                .instances(App.PRODUCER, 2, ports)
                .instances(App.STREAMS, 2, ports)
                .build();
        try (RunningSystem started = RunningSystem.start(plan)) {
            system = started;
            VotesMeanwhile votes = new VotesMeanwhile(system, security.trust());
            votes.publish();
            ClusterSetup setup = new ClusterSetup(security, system.kafka().bootstrapServers());

            sealers = List.of(new SealerPlace("sealer-1", ports), new SealerPlace("sealer-2", ports));
            AuditorProgram auditor = new AuditorProgram(dir);
            String publicKeys = keys(auditor);
            for (SealerPlace sealer : sealers) {
                sealer.start(security);
            }

            votes.begin();
            try {
                for (Role role : List.of(Role.STREAMS, Role.GATEWAY, Role.SEALER)) {
                    Credentials before = security.user(role);
                    Credentials after = security.replaceUser(role);
                    assertThat(after.user()).isNotEqualTo(before.user());
                    setup.allow(after, role, "votelog-streams");
                    startAgain(role, security);
                    setup.forget(before);
                    assertThatThrownBy(() -> topicsAs(before, security))
                            .hasCauseInstanceOf(AuthenticationException.class);
                    votes.awaitMore();
                }
            } finally {
                votes.end();
            }
            votes.areCounted();
            votes.receiptsAreToldEverywhere();
            for (SealerPlace sealer : sealers) {
                await().atMost(PATIENCE).untilAsserted(() -> allIsSealed(auditor, sealer, publicKeys, security));
            }
        } finally {
            sealers.forEach(SealerPlace::stop);
        }
    }

    /** One instance after the other, each when the one before it is ready. */
    private void startAgain(Role role, SystemSecurity security) {
        if (role == Role.SEALER) {
            for (SealerPlace sealer : sealers) {
                sealer.stop();
                sealer.start(security);
            }
            return;
        }
        for (AppProcess app : system.apps(role == Role.GATEWAY ? App.PRODUCER : App.STREAMS)) {
            app.stop(GRACE);
            app.start();
            app.awaitReady(PATIENCE);
        }
    }

    private void topicsAs(Credentials user, SystemSecurity security) throws Exception {
        Map<String, Object> settings = new HashMap<>(BrokerSecurity.clientSettings(security.authority(), user));
        settings.put("bootstrap.servers", system.kafka().bootstrapServers());
        try (Admin admin = Admin.create(settings)) {
            admin.listTopics().names().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    /** Makes the keys of the sealed log, and gives back the public ones. */
    private String keys(AuditorProgram auditor) throws Exception {
        String origin = "vote.example/2026";
        AuditorProgram.Said keys = auditor.run("keygen", "--origin", origin, "--out", key());
        assertThat(keys.exitCode()).as(keys.text()).isZero();
        return keys.text().lines().filter(line -> line.startsWith(origin)).collect(Collectors.joining("\n"));
    }

    private String key() {
        return dir.resolve("sealing-key").toString();
    }

    private void allIsSealed(AuditorProgram auditor, SealerPlace sealer, String publicKeys, SystemSecurity security)
            throws Exception {
        AuditorProgram.Said verified = auditor.run(
                "verify",
                "--log",
                sealer.folder().toString(),
                "--log-key",
                publicKeys,
                "--max-unsealed",
                "0",
                "--bootstrap-servers",
                system.kafka().bootstrapServers(),
                "--command-config",
                security.settingsFile(Role.AUDITOR).toString(),
                "--public-key",
                system.plan().secrets().publicKeys());
        assertThat(verified.exitCode()).as(verified.text()).isZero();
    }

    /** One of two sealers, with a folder of its own; the other one takes over while it is away. */
    private final class SealerPlace {
        private final SealerProcess.Place place;
        private @Nullable SealerProcess process;

        SealerPlace(String name, FreePorts ports) {
            this.place = new SealerProcess.Place(
                    name,
                    dir.resolve("sealed").resolve(name),
                    new Address(ports.next(), "the sealed log"),
                    new Address(ports.next(), "the health of " + name));
        }

        Path folder() {
            return place.folder();
        }

        /** Returns when it is ready. */
        void start(SystemSecurity security) {
            process = SealerProcess.start(
                    new AuditorJar(ROOT, dir, AppOptions.jvm("192m", "-XX:+UseSerialGC")),
                    place,
                    new SealerProcess.Log(
                            system.kafka().bootstrapServers(),
                            Path.of(key()),
                            system.plan().secrets().publicKeys(),
                            security.settingsFile(Role.SEALER)));
            process.awaitReady(PATIENCE);
        }

        void stop() {
            if (process != null) {
                process.child().stop(GRACE);
            }
        }
    }
}
