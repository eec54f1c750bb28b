// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.votelog.infra.system.Secrets;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the README that make secrets make those that the pods take. Skipped where kubectl, openssl or bash are missing. */
class SecretsByHandTest {
    private static final Pattern BLOCK = Pattern.compile("(?s)## Secrets\\n.*?```sh\\n(.*?)```");

    @TempDir
    Path folder;

    @Test
    void shouldBeMadeByTheCommandsOfTheReadme() throws Exception {
        for (String program : Set.of("kubectl", "openssl", "bash")) {
            assumeTrue(isThere(program), "no " + program + " here: the README's commands for secrets are skipped");
        }
        Matcher block = BLOCK.matcher(Yaml.text(Place.HERE.resolve("README.md")));
        assertThat(block.find()).isTrue();
        String script = block.group(1)
                // The auditor's own command is tested where the sealer is.
                .replaceAll("(?m)^java -jar .*$", "echo key > sealing-key")
                .replaceAll("\\\\\\n *", " ")
                .replaceAll("(?m)^kubectl (.*)$", "kubectl $1 --dry-run=client -o yaml; echo ---");
        Path output = folder.resolve("output.yaml");
        Process process = new ProcessBuilder("bash", "-euc", script)
                .directory(folder.toFile())
                .redirectOutput(output.toFile())
                .redirectError(folder.resolve("errors").toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(folder.resolve("errors")))
                .isZero();
        Map<String, Map<String, String>> made = new TreeMap<>();
        for (String document : Files.readString(output).split("(?m)^---$")) {
            if (!document.isBlank()) {
                Tree resource =
                        new Tree("kubectl", Yaml.documents(document, "kubectl").get(0));
                assertThat(resource.at("metadata", "namespace").text()).isEqualTo("votelog");
                Map<String, String> data = new TreeMap<>();
                resource.at("data")
                        .scalars()
                        .forEach((key, value) -> data.put(
                                key,
                                resource.kind().equals("Secret")
                                        ? new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)
                                        : value));
                made.put(resource.kind() + " " + resource.name(), data);
            }
        }
        Map<String, Set<String>> keys = new TreeMap<>();
        made.forEach((source, data) -> keys.put(source, new TreeSet<>(data.keySet())));
        assertThat(keys).isEqualTo(GivenByHand.keys());

        Map<String, String> gateway = made.getOrDefault("Secret votelog-gateway-secrets", Map.of());
        Secrets secrets = new Secrets(
                String.valueOf(gateway.get("votelog.pepper")),
                String.valueOf(gateway.get("votelog.auth.hs256-secret")),
                String.valueOf(gateway.get("votelog.log.private-key")),
                String.valueOf(made.getOrDefault("ConfigMap votelog-log-keys", Map.of())
                        .get("votelog.log.public-keys")));
        assertThat(secrets.hasPair())
                .as("the private key is that of the public one")
                .isTrue();
        assertThat(Base64.getDecoder().decode(secrets.pepper())).hasSize(Secrets.LENGTH);
        assertThat(secrets.hs256()).matches("[0-9a-f]{64}");
    }

    private static boolean isThere(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
    }
}
