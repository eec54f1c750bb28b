// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import java.util.Map;

/** The two apps: what their pods are called, and the settings that they come with. */
enum Part {
    GATEWAY("Deployment", "votelog-gateway", "producer"),
    STREAMS("StatefulSet", "votelog-streams", "streams-app");

    private final String kind;
    private final String name;
    private final String module;

    Part(String kind, String name, String module) {
        this.kind = kind;
        this.name = name;
        this.module = module;
    }

    String module() {
        return module;
    }

    String workloadName() {
        return name;
    }

    Tree workload(Manifests manifests) {
        return manifests.named(kind, name);
    }

    /** The settings that the app's jar has. */
    Tree ownSettings() {
        return Yaml.tree(Place.ROOT.resolve(module).resolve("src/main/resources/application.yaml"));
    }

    Tree openApi() {
        return Yaml.tree(Place.ROOT.resolve(module).resolve("src/main/resources/openapi/" + module + ".yaml"));
    }

    /** The settings that the ConfigMap of its name has. */
    Tree settings(Manifests manifests) {
        return manifests.file(name, "application.yaml");
    }

    /** The ports of its pods, by name, as the app opens them. */
    Map<String, Integer> ports() {
        Tree own = ownSettings();
        return Map.of(
                "http",
                own.at("server", "port").number(),
                "management",
                own.at("management", "server", "port").number());
    }
}
