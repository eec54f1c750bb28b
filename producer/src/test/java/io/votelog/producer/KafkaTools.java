// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kafka.admin.ConfigCommand;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;

/** What an operator does to a cluster with Kafka's own tools. */
final class KafkaTools {
    private static final Pattern COMMAND = Pattern.compile(
            "Mend: kafka-configs (--bootstrap-server (\\S+) .* --entity-name (\\S+) --add-config (\\S+)=(\\S+))");

    private KafkaTools() {}

    /** Sets something for a topic, and returns when every broker knows it. */
    static void set(String bootstrapServers, String topic, String setting, String value) throws Exception {
        try (Admin admin = admin(bootstrapServers)) {
            admin.incrementalAlterConfigs(Map.of(
                            resource(topic),
                            List.of(new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET))))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
        awaitKnown(bootstrapServers, topic, setting, value);
    }

    /**
     * Runs the {@code kafka-configs} command that a finding ends with, word for word, with Kafka's own program of that name, and returns
     * when every broker knows of it.
     */
    static void mend(String finding) {
        Matcher command = COMMAND.matcher(finding);
        assertThat(command.find()).as(finding).isTrue();
        // It ends this JVM where it fails, which no test passes over.
        ConfigCommand.main(command.group(1).split(" "));
        awaitKnown(command.group(2), command.group(3), command.group(4), command.group(5));
    }

    private static void awaitKnown(String bootstrapServers, String topic, String setting, String value) {
        for (String broker : bootstrapServers.split(",")) {
            try (Admin admin = admin(broker)) {
                await(setting).atMost(Duration.ofSeconds(30)).until(() -> admin.describeConfigs(
                                List.of(resource(topic)))
                        .all()
                        .get(30, TimeUnit.SECONDS)
                        .get(resource(topic))
                        .get(setting)
                        .value()
                        .equals(value));
            }
        }
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    private static Admin admin(String bootstrapServers) {
        return Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    }
}
