// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What there is an image of. */
enum ImageApp {
    /** A gateway. */
    PRODUCER(
            "producer",
            "Takes votes and ballots by HTTP and writes them into the log.",
            List.of(8080, 9080),
            Map.of(),
            List.of("-Dcom.amazon.corretto.crypto.provider.useExternalLib=true")),
    /** An instance of the read side. */
    STREAMS(
            "streams-app",
            "Decides and tallies the votes, and answers for the results.",
            List.of(8081, 9081),
            Map.of("VOTELOG_STREAMS_STATE_DIR", ImagePaths.STATE),
            List.of()),
    /** The auditor, which as the sealer listens where its arguments say: at these ports by custom. */
    AUDITOR("auditor", "Replays, verifies and seals the log.", List.of(8084, 9084), Map.of(), List.of());

    private final String appName;
    private final String description;
    private final List<Integer> ports;
    private final Map<String, String> environment;
    private final List<String> jvmArgs;

    ImageApp(
            String appName,
            String description,
            List<Integer> ports,
            Map<String, String> environment,
            List<String> jvmArgs) {
        this.appName = appName;
        this.description = description;
        this.ports = ports;
        this.environment = environment;
        this.jvmArgs = jvmArgs;
    }

    /** As its module is called. */
    String appName() {
        return appName;
    }

    /** What its image is called, without registry and version. */
    String imageName() {
        return "votelog-" + appName;
    }

    /** What it does, in a sentence. */
    String description() {
        return description;
    }

    /** Where it listens, its port for operators last. */
    List<Integer> ports() {
        return ports;
    }

    /** Settings that fit the image. */
    Map<String, String> environment() {
        return environment;
    }

    /** Options of its JVM beside those that all have. */
    List<String> jvmArgs() {
        return jvmArgs;
    }

    /** Where a build leaves it. */
    Path jar(Path repository) {
        return target(repository).resolve(imageName() + ".jar");
    }

    /** Where a build leaves what it is made of, in CycloneDX's JSON. */
    Path sbom(Path repository) {
        return target(repository).resolve(imageName() + "-sbom.json");
    }

    private Path target(Path repository) {
        return repository.resolve(appName).resolve("target");
    }
}
