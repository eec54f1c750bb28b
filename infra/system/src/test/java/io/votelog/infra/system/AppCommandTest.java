// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AppCommandTest {
    private static final String KAFKA = "127.0.0.1:9092";

    @TempDir
    Path dir;

    @Test
    void shouldTellAnAppItsPlacesThenItsSettingsThenItsArguments() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("votelog.b", "1");
        settings.put("votelog.a", "2");
        SystemPlan plan = plan().options(
                        App.STREAMS,
                        AppOptions.of(App.STREAMS).withSettings(settings).withArguments(List.of("--x=y")))
                .build();
        assertThat(arguments(plan, App.STREAMS, 0))
                .containsExactly(
                        "--server.address=127.0.0.1",
                        "--server.port=8081",
                        "--management.server.address=127.0.0.1",
                        "--management.server.port=9081",
                        "--spring.kafka.bootstrap-servers=" + KAFKA,
                        "--votelog.public-urls.producer=http://127.0.0.1:8080",
                        "--votelog.public-urls.streams=http://127.0.0.1:8081",
                        "--votelog.b=1",
                        "--votelog.a=2",
                        "--votelog.streams.state-dir=" + dir.resolve("streams/streams-8081"),
                        "--x=y");
    }

    @Test
    void shouldLeaveASettingToTheEnvironmentThatGivesIt() {
        SystemPlan plan = plan().options(
                        App.PRODUCER, AppOptions.of(App.PRODUCER).withSettings(Map.of("votelog.a-b", "ours")))
                .given(new Environment(Map.of("VOTELOG_A_B", "theirs", "VOTELOG_PUBLIC_URLS_STREAMS", "https://r")))
                .build();
        assertThat(arguments(plan, App.PRODUCER, 0))
                .contains("--votelog.public-urls.producer=http://127.0.0.1:8080")
                .noneMatch(argument -> argument.contains("a-b") || argument.contains("public-urls.streams"));
    }

    @Test
    void shouldGiveEachGatewayAReadSideThatItsPagesNameWhereThereAreFewer() {
        SystemPlan plan = SystemPlan.of(dir, SystemFolders.in(dir))
                .instances(List.of(at(App.PRODUCER, 8080), at(App.PRODUCER, 8082), at(App.STREAMS, 8081)))
                .build();
        assertThat(arguments(plan, App.PRODUCER, 1))
                .contains(
                        "--votelog.public-urls.producer=http://127.0.0.1:8082",
                        "--votelog.public-urls.streams=http://127.0.0.1:8081");
    }

    @Test
    void shouldNameTheJarThatIsMissing() {
        SystemPlan plan = plan().build();
        AppCommand command = new AppCommand(plan, plan.instances().get(0), KAFKA);
        assertThatThrownBy(command::child)
                .isInstanceOf(SystemException.class)
                .hasMessageStartingWith(dir.resolve("producer/target/votelog-producer.jar") + " is missing");
    }

    private SystemPlan.Builder plan() {
        return SystemPlan.of(dir, SystemFolders.in(dir))
                .instances(List.of(at(App.PRODUCER, 8080), at(App.STREAMS, 8081)));
    }

    private static Instance at(App app, int port) {
        String name = app.name().toLowerCase(java.util.Locale.ROOT) + "-" + port;
        return new Instance(app, name, new Address(port, name), new Address(port + 1000, name));
    }

    private static List<String> arguments(SystemPlan plan, App app, int number) {
        return new AppCommand(plan, plan.instances(app).get(number), KAFKA).arguments();
    }
}
