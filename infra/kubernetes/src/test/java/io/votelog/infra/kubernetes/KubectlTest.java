// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What kubectl's own kustomize makes of the overlays is what the other tests look at. Skipped where there is no kubectl. */
class KubectlTest {
    private static final String HASH = "-[a-z0-9]{10}";

    @BeforeAll
    static void find() {
        boolean there = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "kubectl")));
        assumeTrue(there, "no kubectl here: what kustomize makes of infra/kubernetes is skipped");
    }

    static Stream<Path> overlays() {
        return Stream.of(Place.SMALL, Place.PRODUCTION);
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void shouldMakeOfAnOverlayWhatIsTestedHere(Path overlay) throws Exception {
        Manifests tested = Kustomization.of(overlay);
        Manifests rendered = rendered(overlay, tested);
        assertThat(contents(rendered)).isEqualTo(contents(tested));
        assertThat(Rules.findings(rendered)).isEmpty();
    }

    private static Manifests rendered(Path overlay, Manifests tested) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("kubectl", "kustomize", overlay.toString()).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String complaint = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(complaint).isZero();
        // The hash of a ConfigMap's content in its name has pods restart when it changes.
        for (String name : tested.namesOf("ConfigMap")) {
            assertThat(said).containsPattern("name: " + name + HASH);
            said = said.replaceAll("name: " + name + HASH, "name: " + name);
        }
        List<Map<String, Object>> resources = new ArrayList<>();
        Yaml.documents(said, "kubectl kustomize").forEach(document -> resources.add(Trees.map(document)));
        return Manifests.of(resources);
    }

    private static Map<String, Object> contents(Manifests manifests) {
        Map<String, Object> contents = new TreeMap<>();
        manifests.all().forEach(resource -> contents.put(resource.where(), sorted(resource.value())));
        return contents;
    }

    /** Constraints for the spread of pods have no order; kustomize puts a patch's first. */
    private static @Nullable Object sorted(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> sorted = new LinkedHashMap<>();
            map.forEach((name, member) -> sorted.put(
                    name,
                    name.equals("topologySpreadConstraints")
                            ? Trees.list(member).stream()
                                    .sorted(Comparator.comparing(constraint ->
                                            String.valueOf(Trees.map(constraint).get("topologyKey"))))
                                    .toList()
                            : sorted(member)));
            return sorted;
        }
        if (value instanceof List<?> list) {
            return list.stream().map(KubectlTest::sorted).toList();
        }
        return value;
    }
}
