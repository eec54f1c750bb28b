// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The files are what Kubernetes and Strimzi take, and what the code asks for. */
class ManifestsTest {
    static Stream<Path> overlays() {
        return Stream.of(Place.SMALL, Place.PRODUCTION);
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void shouldBeWhatTheCodeAsksFor(Path overlay) {
        assertThat(Rules.findings(Kustomization.of(overlay)))
                .as("what is wrong in %s", Place.ROOT.relativize(overlay))
                .isEmpty();
    }

    /** Every file of resources by itself, patches among them, whoever names it. */
    @Test
    void shouldBeOfTheRightFormFileByFile() throws IOException {
        List<Tree> resources = yaml().stream()
                .filter(file -> !file.endsWith("kustomization.yaml") && !file.endsWith("application.yaml"))
                .flatMap(file -> Yaml.trees(file).stream())
                .toList();
        assertThat(resources).hasSizeGreaterThan(40);
        assertThat(resources.stream().map(Models::fault).flatMap(Optional::stream))
                .isEmpty();
    }

    @Test
    void shouldNameEveryFile() throws IOException {
        Set<Path> named = new TreeSet<>();
        for (Path file : yaml()) {
            if (file.endsWith("kustomization.yaml")) {
                named.add(file);
                SettingRules.flat(Yaml.tree(file)).values().stream()
                        .map(value -> file.resolveSibling(path(value)))
                        .filter(Files::exists)
                        .map(Path::normalize)
                        .forEach(named::add);
            }
        }
        named.removeIf(Files::isDirectory);
        Set<Path> there = new TreeSet<>(yaml());
        there.add(Place.BASE.resolve("client.properties"));
        // They are made before, and stay when an overlay is taken away: with them the volumes would go.
        there.remove(Place.HERE.resolve("namespace.yaml"));
        there.remove(Place.HERE.resolve("backups.yaml"));
        assertThat(named).as("files that a kustomization names").isEqualTo(there);
    }

    /** Names of files and folders have no other signs; other values are no names of files here. */
    private static String path(String value) {
        return value.matches("[A-Za-z0-9./_-]+") ? value : "not-a-path";
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void shouldNotHaveTheNamespaceAmongThem(Path overlay) {
        Tree namespace = Yaml.tree(Place.HERE.resolve("namespace.yaml"));
        assertThat(namespace.name()).isEqualTo("votelog");
        assertThat(Kustomization.of(overlay).ofKind("Namespace")).isEmpty();
    }

    /** One build of all three programs: the one that this repository makes. */
    @ParameterizedTest
    @MethodSource("overlays")
    void shouldRunTheImagesOfThisVersion(Path overlay) {
        MatchResult version = Pattern.compile("<artifactId>votelog</artifactId>\\s*<version>([^<]+)</version>")
                .matcher(Yaml.text(Place.ROOT.resolve("pom.xml")))
                .results()
                .findFirst()
                .orElseThrow();
        assertThat(Kustomization.of(overlay).workloads().map(workload -> Manifests.container(workload)
                        .at("image")
                        .text()))
                .containsOnly(
                        "votelog-producer:" + version.group(1),
                        "votelog-streams-app:" + version.group(1),
                        "votelog-auditor:" + version.group(1));
    }

    private static List<Path> yaml() throws IOException {
        try (Stream<Path> files = Files.walk(Place.HERE)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> !file.startsWith(Place.HERE.resolve("target")))
                    .collect(Collectors.toList());
        }
    }
}
