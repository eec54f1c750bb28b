// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** All that must hold for the resources of a cluster. */
final class Rules {
    private static final List<Function<Manifests, List<String>>> ALL = List.of(
            KafkaRules::findings,
            UserRules::findings,
            PodRules::findings,
            SealerRules::findings,
            SettingRules::findings,
            ReferenceRules::findings,
            RouteRules::findings,
            NetworkRules::findings,
            ScalingRules::findings);

    private Rules() {}

    /** What is wrong; nothing where all is right. What is not of the right form is not looked into. */
    static List<String> findings(Manifests manifests) {
        List<String> faults = manifests.all().stream()
                .map(Models::fault)
                .flatMap(Optional::stream)
                .toList();
        if (!faults.isEmpty()) {
            return faults;
        }
        List<String> findings = new ArrayList<>();
        ALL.forEach(rule -> findings.addAll(rule.apply(manifests)));
        return findings;
    }
}
