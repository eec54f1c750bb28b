// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SystemPlanTest {
    private static final Path DIR = Path.of("somewhere");

    @Test
    void shouldNumberInstancesWhereThereAreSeveralAndGiveEachItsPorts() {
        FreePorts ports = new FreePorts();
        SystemPlan plan = SystemPlan.of(DIR, SystemFolders.in(DIR))
                .instances(App.PRODUCER, 3, ports)
                .instances(App.STREAMS, 1, ports)
                .build();
        assertThat(plan.instances())
                .extracting(Instance::name)
                .containsExactly("producer-1", "producer-2", "producer-3", "streams-app");
        List<Integer> all = plan.instances().stream()
                .flatMap(instance ->
                        Stream.of(instance.http().port(), instance.management().port()))
                .toList();
        assertThat(all).hasSize(8).doesNotHaveDuplicates().allMatch(port -> port >= 10_000 && port < 20_000);
    }

    @Test
    void shouldTellTheReadSideNoSecretOfTheGateways() {
        Secrets secrets = Secrets.drawn();
        assertThat(secrets.hasPair()).isTrue();
        assertThat(secrets.environment(App.PRODUCER))
                .containsEntry("VOTELOG_PEPPER", secrets.pepper())
                .containsEntry("VOTELOG_LOG_PRIVATE_KEY", secrets.privateKey())
                .containsEntry("VOTELOG_LOG_PRIVATEKEY", secrets.privateKey())
                .containsEntry("VOTELOG_AUTH_HS256_SECRET", secrets.hs256());
        assertThat(secrets.environment(App.STREAMS))
                .containsEntry("VOTELOG_LOG_PUBLIC_KEYS", secrets.publicKeys())
                .containsEntry("VOTELOG_PEPPER", "")
                .containsEntry("VOTELOG_LOG_PRIVATE_KEY", "")
                .containsEntry("VOTELOG_AUTH_HS256_SECRET", "")
                .doesNotContainValue(secrets.hs256());
        assertThat(secrets).asString().doesNotContain(secrets.pepper(), secrets.hs256(), secrets.privateKey());
    }
}
