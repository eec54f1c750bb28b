// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.system.Address;
import io.votelog.infra.system.AppOptions;
import io.votelog.infra.system.AuditorJar;
import io.votelog.infra.system.ChildWait;
import io.votelog.infra.system.sealer.SealerProcess;
import io.votelog.infra.system.secure.SystemSecurity;
import io.votelog.schemas.cluster.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The sealers of a local system: one, or in a cluster two, of which one seals and the other follows. Their keys are made with the log, and go
 * with it.
 */
final class Sealers {
    private static final int PORT = 8084;
    private static final Duration KEYS = Duration.ofMinutes(1);
    private static final Duration GRACE = Duration.ofSeconds(12);
    private static final String HEAP = "192m";

    private final List<SealerProcess.Place> places;
    private final Folders folders;
    private final List<SealerProcess> started = new ArrayList<>();

    Sealers(Options options, Folders folders) {
        this.folders = folders;
        int count = options.unsealed() ? 0 : options.cluster() ? 2 : 1;
        this.places = IntStream.range(0, count)
                .mapToObj(at -> {
                    String name = count == 1 ? "sealer" : "sealer-" + (at + 1);
                    int port = PORT + options.portOffset() + at;
                    return new SealerProcess.Place(
                            name,
                            folders.sealed().resolve(count == 1 ? "log" : "log-" + (at + 1)),
                            new Address(port, "the sealed log"),
                            new Address(port + 1000, "the health of " + name));
                })
                .toList();
    }

    /** Where they listen. */
    List<Address> addresses() {
        return places.stream()
                .flatMap(place -> Stream.of(place.http(), place.management()))
                .toList();
    }

    /** Where they serve the sealed log. */
    List<URI> urls() {
        return places.stream().map(place -> place.http().url()).toList();
    }

    /** Where they tell their health and metrics. */
    List<Integer> managementPorts() {
        return places.stream().map(place -> place.management().port()).toList();
    }

    /** The names of those that are to run. */
    List<String> names() {
        return places.stream().map(SealerProcess.Place::name).toList();
    }

    /**
     * Starts them.
     *
     * @param root the repository, with the auditor's jar
     * @param security the users of the secured system; null where it is not secured
     * @throws UpException where there is a sealed log, and its keys are gone
     */
    List<SealerProcess> start(
            Path root, String bootstrapServers, String logPublicKeys, @Nullable SystemSecurity security) {
        AuditorJar auditor = new AuditorJar(root, folders.home(), AppOptions.jvm(HEAP, "-XX:+UseSerialGC"));
        if (!places.isEmpty()) {
            requireKeys(auditor);
        }
        SealerProcess.Log log = new SealerProcess.Log(
                bootstrapServers, key(), logPublicKeys, security == null ? null : security.settingsFile(Role.SEALER));
        places.forEach(place -> started.add(SealerProcess.start(auditor, place, log)));
        return List.copyOf(started);
    }

    private Path key() {
        return folders.sealed().resolve("signing-key");
    }

    /** The file with the public keys of both trees, a line for each. */
    Path publicKeys() {
        return folders.sealed().resolve("public-keys");
    }

    /** Makes the keys, where nothing was sealed with others. */
    private void requireKeys(AuditorJar auditor) {
        try {
            if (Files.exists(key()) && Files.exists(publicKeys())) {
                return;
            }
            if (Files.exists(key()) || places.stream().anyMatch(place -> Files.exists(place.folder()))) {
                throw new UpException(
                        "%s or %s is gone, and the sealed log beside it cannot go on without: put it back, or forget the votes with --fresh"
                                .formatted(key(), publicKeys()));
            }
            Files.createDirectories(folders.sealed());
            Path said = folders.logs().resolve("keygen.log");
            Files.deleteIfExists(said);
            byte[] drawn = new byte[8];
            new SecureRandom().nextBytes(drawn);
            String origin = "votelog.local/" + HexFormat.of().formatHex(drawn);
            ChildJvm keygen = auditor.start("keygen", "keygen", "--origin", origin, "--out", key().toString());
            if (!keygen.awaitEnd(KEYS) || keygen.exitCode().orElse(1) != 0) {
                throw new UpException(LastWords.of(keygen));
            }
            Files.writeString(
                    publicKeys(),
                    Files.readString(said)
                            .lines()
                            .filter(line -> line.startsWith(origin + "/"))
                            .collect(Collectors.joining("\n", "", "\n")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those that were started, alive or not. */
    List<SealerProcess> started() {
        return List.copyOf(started);
    }

    /** Their processes, alive or not. */
    List<ChildJvm> processes() {
        return started.stream().map(SealerProcess::child).toList();
    }

    /** Stops them, all at once. Returns when they are gone. */
    void stop() {
        ChildWait.stop(processes(), GRACE);
    }
}
