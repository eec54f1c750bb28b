// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.system.Secrets;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** What a pod's variables and files give, as Spring Boot and Kafka's clients take it. */
class BindingTest {
    private static final String JAAS =
            "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"u\" password=\"p\";";

    @TempDir
    static Path folder;

    private static final Secrets SECRETS = Secrets.drawn();
    private static String certificate = "";

    /** A certificate of its own making, as PEM. */
    @BeforeAll
    static void certify() throws Exception {
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Path store = folder.resolve("store.p12");
        run(
                keytool,
                "-genkeypair",
                "-keystore",
                store,
                "-storepass",
                "password",
                "-alias",
                "ca",
                "-keyalg",
                "EC",
                "-dname",
                "CN=ca");
        Path pem = folder.resolve("ca.crt");
        run(keytool, "-exportcert", "-rfc", "-keystore", store, "-storepass", "password", "-alias", "ca", "-file", pem);
        certificate = Files.readString(pem);
    }

    private static void run(Object... command) throws Exception {
        Process process = new ProcessBuilder(
                        Stream.of(command).map(Object::toString).toList())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0)
                .as("%s", command[1])
                .isTrue();
    }

    private static Map<String, Map<String, String>> secrets(String user) {
        return Map.of(
                "Secret votelog-gateway-secrets",
                Map.of(
                        "votelog.pepper",
                        SECRETS.pepper(),
                        "votelog.log.private-key",
                        SECRETS.privateKey(),
                        "votelog.auth.hs256-secret",
                        SECRETS.hs256()),
                "ConfigMap votelog-log-keys",
                // Editors end a file with a line feed.
                Map.of("votelog.log.public-keys", SECRETS.publicKeys() + "\n"),
                "Secret " + user,
                Map.of("sasl.jaas.config", JAAS),
                "Secret votelog-cluster-ca-cert",
                Map.of("ca.crt", certificate));
    }

    record App(Part part, Path overlay) {}

    static Stream<App> apps() {
        return Stream.of(Part.values())
                .flatMap(part -> Stream.of(Place.SMALL, Place.PRODUCTION).map(overlay -> new App(part, overlay)));
    }

    @ParameterizedTest
    @MethodSource("apps")
    void shouldReachTheAppsAndTheirClients(App app) throws Exception {
        Manifests manifests = Kustomization.of(app.overlay());
        Path root = Files.createTempDirectory(folder, "pod");
        PodOnDisk pod = PodOnDisk.write(
                app.part().workload(manifests),
                manifests,
                root,
                secrets(app.part().workloadName()));
        ConfigurableEnvironment environment = environment(pod);
        Binder binder = Binder.get(environment);
        Settings settings = Settings.of(app.part());

        pod.environment().forEach((variable, value) -> settings.ofVariable(variable)
                .ifPresent(key -> assertThat(binder.bind(key, String.class).orElse("nothing"))
                        .as("%s, which %s gives", key, variable)
                        .isEqualTo(value)));
        SettingRules.flat(app.part().settings(manifests)).forEach((key, value) -> {
            if (!key.startsWith("spring.config.")) {
                assertThat(binder.bind(key, String.class).orElse("nothing"))
                        .as(key)
                        .isEqualTo(value.replaceAll("/(etc|var/lib)/votelog", root + "/$1/votelog"));
            }
        });
        // A bad value would end the start: each record of settings takes what the pod gives.
        assertThat(settings.records()).hasSizeGreaterThan(5);
        for (Class<?> type : settings.records()) {
            Object bound = binder.bindOrCreate(
                    type.getAnnotation(ConfigurationProperties.class).value(), Bindable.of(type));
            assertThat(bound).isInstanceOf(type);
        }
        assertThat(binder.bind("votelog.log.public-keys", Bindable.listOf(String.class))
                        .get())
                .isEqualTo(SECRETS.listedKeys());

        KafkaProperties kafka =
                binder.bind("spring.kafka", KafkaProperties.class).get();
        for (Map<String, Object> client : List.of(
                kafka.buildAdminProperties(),
                kafka.buildProducerProperties(),
                kafka.buildConsumerProperties(),
                kafka.buildStreamsProperties())) {
            assertThat(client)
                    .containsEntry("security.protocol", "SASL_SSL")
                    .containsEntry("sasl.mechanism", "SCRAM-SHA-512")
                    .containsEntry("sasl.jaas.config", JAAS)
                    .containsEntry("ssl.truststore.type", "PEM")
                    .containsEntry(
                            "ssl.truststore.location",
                            pod.path("/etc/votelog/cluster-ca/ca.crt").toString())
                    .containsEntry("bootstrap.servers", List.of("votelog-kafka-bootstrap:9093"));
        }
        assertOpens(kafka.buildAdminProperties());
    }

    @Test
    void shouldReachTheAuditorsClients() throws Exception {
        Manifests manifests = Kustomization.of(Place.SMALL);
        for (Tree workload : List.of(
                manifests.named("StatefulSet", "votelog-sealer"),
                manifests.named("CronJob", "votelog-audit"),
                manifests.named("CronJob", "votelog-backup"))) {
            Path root = Files.createTempDirectory(folder, "pod");
            String user = workload.kind().equals("CronJob") ? "votelog-auditor" : workload.name();
            PodOnDisk pod = PodOnDisk.write(workload, manifests, root, secrets(user));
            Map<String, Object> client = properties(Path.of(argument(pod, "--command-config")));
            AdminClientConfig config = assertOpens(client);
            assertThat(config.getPassword("sasl.jaas.config").value()).isEqualTo(JAAS);
            assertThat(config.getString("security.protocol")).isEqualTo("SASL_SSL");
            assertThat(config.getString("sasl.mechanism")).isEqualTo("SCRAM-SHA-512");
        }
    }

    /** A client is made, which reads the certificate and the credentials, and reaches nobody. */
    private static AdminClientConfig assertOpens(Map<String, Object> client) {
        Map<String, Object> settings = new HashMap<>(client);
        settings.put("bootstrap.servers", "127.0.0.1:1");
        try (Admin admin = Admin.create(settings)) {
            assertThat(admin).isNotNull();
        }
        return new AdminClientConfig(settings);
    }

    private static String argument(PodOnDisk pod, String option) {
        return pod.args().get(pod.args().indexOf(option) + 1);
    }

    private static Map<String, Object> properties(Path file) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(Files.readString(file)));
        Map<String, Object> all = new HashMap<>();
        properties.forEach((key, value) -> all.put(key.toString(), value));
        return all;
    }

    /** The environment that Spring Boot makes in a process with these variables. */
    private static ConfigurableEnvironment environment(PodOnDisk pod) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                new HashMap<>(pod.environment())));
        ConfigDataEnvironmentPostProcessor.applyTo(environment);
        return environment;
    }
}
