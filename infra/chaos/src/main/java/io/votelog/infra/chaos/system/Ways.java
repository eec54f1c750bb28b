// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.system;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.system.AppProcess;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Between which parts of a system packets go. */
public final class Ways {
    private Ways() {}

    /** All parts that packets go between, the brokers first. */
    public static List<String> names(Scene scene) {
        return Stream.concat(
                        scene.kafka().processes().stream().map(ChildJvm::name),
                        Stream.concat(scene.gateways().stream(), scene.instances().stream())
                                .map(AppProcess::name))
                .toList();
    }

    /** Any of these but that one. */
    public static String other(List<String> all, String one, Random random) {
        List<String> others = all.stream().filter(each -> !each.equals(one)).toList();
        return others.get(random.nextInt(others.size()));
    }

    /** What the one sends to the other. */
    public static Hosts.Way one(Scene scene, String from, String to) {
        return new Hosts.Way(from, to, scene.ports(to));
    }

    /** What each sends to the other. */
    public static List<Hosts.Way> both(Scene scene, String one, String other) {
        return List.of(one(scene, one, other), one(scene, other, one));
    }
}
