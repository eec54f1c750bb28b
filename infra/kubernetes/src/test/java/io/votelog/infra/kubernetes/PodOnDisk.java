// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A pod's container as a process of this machine would be started: its files below a folder in place of the root, and its variables and
 * arguments, with the paths in all of them led there.
 *
 * @param environment by name
 * @param args of the image's program
 */
record PodOnDisk(Path root, Map<String, String> environment, List<String> args) {
    /**
     * Writes a pod's files.
     *
     * @param secrets what is in the Secrets and ConfigMaps that are made by hand or by Strimzi: by {@code Secret name}, then by key
     */
    static PodOnDisk write(Tree workload, Manifests manifests, Path root, Map<String, Map<String, String>> secrets)
            throws IOException {
        Pod pod = new Pod(workload, manifests);
        for (Map.Entry<String, Pod.Mounted> file : pod.files().entrySet()) {
            Pod.Mounted from = file.getValue();
            String given = secrets.getOrDefault(from.source(), Map.of()).get(from.key());
            Tree made = manifests
                    .named("ConfigMap", from.source().substring(from.source().indexOf(' ') + 1))
                    .at("data", from.key());
            Path path = root.resolve(file.getKey().substring(1));
            if (given != null) {
                Files.createDirectories(path.getParent());
                Files.writeString(path, given);
            } else if (from.source().startsWith("ConfigMap ") && !made.missing()) {
                Files.createDirectories(path.getParent());
                Files.writeString(path, led(made.text(), root));
            }
        }
        Files.createDirectories(root.resolve("var/lib/votelog"));
        UnaryOperator<String> named = text -> led(text, root).replace("$(POD_NAME)", workload.name() + "-0");
        Map<String, String> environment = new LinkedHashMap<>();
        pod.environment().forEach((name, value) -> environment.put(name, named.apply(value)));
        environment.remove("POD_NAME");
        return new PodOnDisk(
                root,
                environment,
                Manifests.container(workload).at("args").texts().stream()
                        .map(named)
                        .toList());
    }

    private static String led(String text, Path root) {
        return text.replace("/etc/votelog", root + "/etc/votelog")
                .replace("/var/lib/votelog", root + "/var/lib/votelog");
    }

    Path path(String inPod) {
        return root.resolve(inPod.substring(1));
    }
}
