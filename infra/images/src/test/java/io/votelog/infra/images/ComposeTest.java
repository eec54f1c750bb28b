// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.broker.BrokerSettings;
import io.votelog.infra.system.Environment;
import io.votelog.infra.system.Secrets;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.utils.AppInfoParser;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What {@code infra/compose} says is what the code has. */
class ComposeTest {
    private static final Pattern LOCATION =
            Pattern.compile("location (~ )?\"?([^\" ]+)\"? \\{\\s*proxy_pass http://([a-z-]+);");
    private static final Pattern UPSTREAM = Pattern.compile("upstream ([a-z-]+) \\{([^}]*)}");
    private static final Pattern SERVER = Pattern.compile("server ([0-9.:]+)( backup)?;");
    private static final Map<String, ImageApp> APPS = new TreeMap<>(Map.of(
            "producer-1", ImageApp.PRODUCER,
            "producer-2", ImageApp.PRODUCER,
            "streams-app-1", ImageApp.STREAMS,
            "streams-app-2", ImageApp.STREAMS,
            "sealer-1", ImageApp.AUDITOR,
            "sealer-2", ImageApp.AUDITOR));

    private static JsonNode compose;
    private static String proxy;

    @BeforeAll
    static void read() throws IOException {
        compose = ComposeFile.read();
        proxy = Files.readString(ComposeFile.FOLDER.resolve("nginx.conf"));
    }

    @Test
    void shouldHaveAllPartsTwiceOrThrice() {
        assertThat(compose.path("services").propertyNames())
                .containsExactlyInAnyOrder(
                        "controller",
                        "kafka-1",
                        "kafka-2",
                        "kafka-3",
                        "producer-1",
                        "producer-2",
                        "streams-app-1",
                        "streams-app-2",
                        "sealer-1",
                        "sealer-2",
                        "proxy");
    }

    @Test
    void shouldRunTheImagesThatAreBuilt() {
        services().forEach((name, service) -> {
            String image = service.path("image").stringValue();
            switch (name.replaceAll("-[0-9]$", "")) {
                case "controller", "kafka" -> assertThat(image).isEqualTo("apache/kafka:" + AppInfoParser.getVersion());
                case "producer" -> assertThat(image).startsWith(ImageApp.PRODUCER.imageName() + ":${VOTELOG_VERSION:?");
                case "streams-app" ->
                    assertThat(image).startsWith(ImageApp.STREAMS.imageName() + ":${VOTELOG_VERSION:?");
                case "sealer" -> assertThat(image).startsWith(ImageApp.AUDITOR.imageName() + ":${VOTELOG_VERSION:?");
                case "proxy" -> assertThat(image).matches("nginx:[0-9.]+");
                default -> throw new AssertionError(name);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"producer-1", "producer-2", "streams-app-1", "streams-app-2", "sealer-1", "sealer-2", "proxy"})
    void shouldGiveNoPartMoreThanItNeeds(String name) {
        JsonNode service = service(name);
        assertThat(service.path("read_only").booleanValue()).isTrue();
        assertThat(texts(service.path("tmpfs"))).containsExactly("/tmp");
        assertThat(texts(service.path("cap_drop"))).containsExactly("ALL");
        assertThat(texts(service.path("security_opt"))).containsExactly("no-new-privileges:true");
        assertThat(service.has("privileged")).isFalse();
        assertThat(service.path("mem_limit").stringValue()).isNotEmpty();
    }

    @Test
    void shouldBeReachedThroughTheProxyAlone() {
        services()
                .forEach((name, service) ->
                        assertThat(service.has("ports")).as("ports of %s", name).isEqualTo(name.equals("proxy")));
        assertThat(compose.path("networks").path("log").path("internal").booleanValue())
                .isTrue();
        Set<String> onLog = services().entrySet().stream()
                .filter(service -> networks(service.getValue()).contains("log"))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        assertThat(onLog).hasSize(10).doesNotContain("proxy");
    }

    @Test
    void shouldAskEachAppForItsHealthWhereItTells() {
        APPS.forEach((name, app) -> assertThat(
                        texts(service(name).path("healthcheck").path("test")))
                .as("health of %s", name)
                .containsExactly(
                        "CMD",
                        ImagePaths.JAVA + "/bin/java",
                        "@" + ImagePaths.PROBE_ARGUMENTS,
                        app.ports().get(1).toString()));
    }

    /** By address, so that the proxy starts whoever is away. */
    @Test
    void shouldLeadToTheAppsWhereTheyListen() {
        Map<String, List<String>> upstreams = new TreeMap<>();
        Map<String, List<String>> backups = new TreeMap<>();
        UPSTREAM.matcher(proxy).results().forEach(upstream -> SERVER.matcher(upstream.group(2))
                .results()
                .forEach(server -> (server.group(2) == null ? upstreams : backups)
                        .computeIfAbsent(upstream.group(1), name -> new ArrayList<>())
                        .add(server.group(1))));
        assertThat(upstreams)
                .isEqualTo(Map.of(
                        "producer", List.of(address("producer-1"), address("producer-2")),
                        "streams-app", List.of(address("streams-app-1"), address("streams-app-2")),
                        "sealer", List.of(address("sealer-1"))));
        assertThat(backups)
                .as("of two sealers one is asked at a time, else a reader sees the log become shorter")
                .isEqualTo(Map.of("sealer", List.of(address("sealer-2"))));
        assertThat(APPS.keySet().stream().map(ComposeTest::address)).doesNotHaveDuplicates();
    }

    private static String address(String name) {
        return "%s:%d"
                .formatted(
                        service(name)
                                .path("networks")
                                .path("front")
                                .path("ipv4_address")
                                .stringValue(),
                        Objects.requireNonNull(APPS.get(name)).ports().get(0));
    }

    /** Several sealers of one log go well with --standby alone, and each has trees of its own. */
    @Test
    void shouldSealByTwoOfWhichOneTakesOver() throws IOException {
        Set<String> known = new TreeSet<>(Set.of("--help"));
        for (String source : List.of("follow/SealCommand", "KeyOptions")) {
            Pattern.compile("names = \"(--[a-z-]+)\"")
                    .matcher(Files.readString(Builds.REPOSITORY.resolve(
                            "auditor/src/main/java/io/votelog/auditor/commands/" + source + ".java")))
                    .results()
                    .forEach(option -> known.add(option.group(1)));
        }
        assertThat(known).contains("--standby", "--serve", "--public-key-file");
        for (String name : List.of("sealer-1", "sealer-2")) {
            List<String> command = texts(service(name).path("command"));
            assertThat(command.get(0)).isEqualTo("seal");
            Map<String, String> options = new LinkedHashMap<>();
            command.subList(1, command.size()).forEach(word -> {
                String[] sides = word.split("=", 2);
                options.put(sides[0], sides.length == 2 ? sides[1] : "");
            });
            assertThat(known).as("options of seal").containsAll(options.keySet());
            assertThat(options)
                    .containsEntry(
                            "--bootstrap-servers",
                            service("streams-app-1")
                                    .path("environment")
                                    .path("SPRING_KAFKA_BOOTSTRAP_SERVERS")
                                    .stringValue())
                    .containsEntry("--standby", "")
                    .containsEntry(
                            "--serve", "0.0.0.0:" + ImageApp.AUDITOR.ports().get(0))
                    .containsEntry(
                            "--management",
                            "0.0.0.0:" + ImageApp.AUDITOR.ports().get(1))
                    .containsEntry("--key", "/run/secrets/sealing-key")
                    .containsEntry("--public-key-file", "/run/secrets/log-public-keys");
            assertThat(options.get("--log")).startsWith(ImagePaths.STATE + "/");
            assertThat(texts(service(name).path("volumes"))).containsExactly(name + ":" + ImagePaths.STATE);
            assertThat(compose.path("volumes").has(name)).isTrue();
            assertThat(networks(service(name))).containsExactlyInAnyOrder("log", "front");
        }
        assertThat(service("proxy").path("depends_on").propertyNames())
                .as("votes are taken whether the sealed log can be read or not")
                .doesNotContain("sealer-1", "sealer-2");
    }

    /** The read side asks each sealer where it listens, and links to the origin that all parts have. */
    @Test
    void shouldTellTheReadSideOfTheSealedLog() {
        for (String name : List.of("streams-app-1", "streams-app-2")) {
            JsonNode environment = service(name).path("environment");
            int port = ImageApp.AUDITOR.ports().get(0);
            assertThat(environment.path("VOTELOG_SEALED_LOG_URLS").stringValue())
                    .isEqualTo("http://sealer-1:%d,http://sealer-2:%d".formatted(port, port));
            assertThat(environment.path("VOTELOG_PUBLIC_URLS_SEALED_LOG").stringValue())
                    .startsWith("https://${VOTELOG_HOST:?")
                    .isEqualTo(environment.path("VOTELOG_PUBLIC_URLS_STREAMS").stringValue());
        }
    }

    /** By the paths that the sealer's server has. */
    @Test
    void shouldSendTheSealedLogsPathsToTheSealers() throws IOException {
        List<String> fixed = Pattern.compile("context\\(http, \"(/[a-z.]+)\"")
                .matcher(Files.readString(Builds.REPOSITORY.resolve(
                        "auditor/src/main/java/io/votelog/auditor/serve/SealedLogServer.java")))
                .results()
                .map(context -> context.group(1))
                .toList();
        assertThat(fixed).containsExactlyInAnyOrder("/check", "/announcement.json");
        List<String> trees = Pattern.compile("(?m)^ {4}[A-Z]+\\(\"([a-z]+)\", SealedTree\\.")
                .matcher(Files.readString(
                        Builds.REPOSITORY.resolve("auditor/src/main/java/io/votelog/auditor/seal/SealedLog.java")))
                .results()
                .map(tree -> tree.group(1))
                .toList();
        assertThat(trees).hasSize(2);
        for (String path : fixed) {
            assertThat(upstream(path)).as(path).isEqualTo("sealer");
            assertThat(upstream(path + "/more")).isEqualTo("producer");
        }
        for (String tree : trees) {
            for (String file : List.of("checkpoint", "tile/0/000", "tile/entries/x001/234.p/7")) {
                assertThat(upstream("/" + tree + "/" + file)).as(file).isEqualTo("sealer");
            }
            assertThat(upstream("/" + tree)).isEqualTo("producer");
        }
        String receipt = "/v1/ballots/b/receipts/r";
        assertThat(upstream(receipt + "/opening")).isEqualTo("sealer");
        assertThat(upstream(receipt + "/proof")).isEqualTo("streams-app");
        assertThat(upstream("/v1/ballots/b/my-vote/opening")).isEqualTo("producer");
        // How long what is served may be kept, those who serve it alone say; of the sealed log the proxy keeps nothing.
        assertThat(proxy)
                .doesNotContain(
                        "expires", "add_header", "proxy_hide_header", "proxy_ignore_headers", "proxy_cache_valid");
        assertThat(proxy).doesNotContainPattern("http://(sealer|producer);[^}]*proxy_cache");
        assertThat(proxy).containsPattern("http://sealer;[^}]*proxy_next_upstream error timeout http_404 http_503;");
    }

    /** A setting that is not known is ignored without a word, so each is held to the tables of settings. */
    @Test
    void shouldGiveSettingsThatThereAre() throws IOException {
        Set<String> known = new TreeSet<>();
        for (String document : List.of("producer/OPERATING.md", "streams-app/README.md")) {
            Pattern.compile("`((?:votelog|spring)\\.[a-z0-9.-]+)`((?:, `\\.[a-z-]+`)*)")
                    .matcher(Files.readString(Builds.REPOSITORY.resolve(document)))
                    .results()
                    .forEach(key -> {
                        known.add(Environment.variable(key.group(1)));
                        String before = key.group(1).substring(0, key.group(1).lastIndexOf('.'));
                        Pattern.compile("\\.[a-z-]+")
                                .matcher(key.group(2))
                                .results()
                                .forEach(last -> known.add(Environment.variable(before + last.group())));
                    });
        }
        assertThat(known)
                .contains(
                        "VOTELOG_PUBLIC_URLS_PRODUCER",
                        "VOTELOG_PUBLIC_URLS_SEALED_LOG",
                        "SPRING_KAFKA_BOOTSTRAP_SERVERS");
        for (String name : List.of("producer-1", "producer-2", "streams-app-1", "streams-app-2")) {
            Set<String> given = new HashSet<>(service(name).path("environment").propertyNames());
            assertThat(given.remove("SPRING_CONFIG_IMPORT")).isTrue();
            assertThat(known).as("settings of %s", name).containsAll(given);
        }
    }

    @Test
    void shouldTellEachPartTheSecretsThatItNeedsAndNoOther() {
        for (String name : List.of("producer-1", "producer-2")) {
            assertThat(targets(name))
                    .containsExactlyInAnyOrder(
                            Secrets.PEPPER_KEY, Secrets.PRIVATE_KEY_KEY, Secrets.PUBLIC_KEYS_KEY, Secrets.HS256_KEY);
        }
        for (String name : List.of("streams-app-1", "streams-app-2")) {
            assertThat(targets(name)).containsExactly(Secrets.PUBLIC_KEYS_KEY);
        }
        for (String name : List.of("sealer-1", "sealer-2")) {
            assertThat(targets(name)).containsExactlyInAnyOrder("sealing-key", "log-public-keys");
        }
        assertThat(compose.path("secrets").propertyStream().map(Map.Entry::getValue))
                .allMatch(secret -> secret.path("file").stringValue("").startsWith("${VOTELOG_SECRETS:-./secrets}/"));
    }

    /** What is not said of a broker is Kafka's default; what keeps votes is as everywhere else here. */
    @ParameterizedTest
    @ValueSource(strings = {"kafka-1", "kafka-2", "kafka-3"})
    void shouldKeepVotesOnBrokersAsElsewhere(String name) {
        JsonNode environment = service(name).path("environment");
        Map<String, String> usual = BrokerSettings.forBrokers(3);
        Set<String> said = new HashSet<>();
        usual.forEach((key, value) -> {
            String variable = "KAFKA_" + key.toUpperCase(Locale.ROOT).replace('.', '_');
            if (environment.has(variable)) {
                said.add(key);
                assertThat(environment.path(variable).stringValue())
                        .as(variable)
                        .isEqualTo(value);
            }
        });
        assertThat(said)
                .contains("default.replication.factor", "min.insync.replicas", "auto.create.topics.enable")
                .containsAll(usual.keySet().stream()
                        .filter(key -> key.contains("replication.factor") || key.endsWith("min.isr"))
                        .toList());
        String number = name.substring(name.length() - 1);
        assertThat(environment.path("KAFKA_NODE_ID").stringValue()).isEqualTo(number);
        assertThat(environment.path("KAFKA_ADVERTISED_LISTENERS").stringValue())
                .isEqualTo("PLAINTEXT://" + name + ":9092");
        assertThat(texts(service(name).path("volumes"))).containsExactly(name + ":/var/lib/kafka/data");
    }

    /** By the paths that the apps describe. */
    @Test
    void shouldSendEachPathToTheSideThatAnswersForIt() throws IOException {
        for (String path : paths("streams-app/src/main/resources/openapi/streams-app.yaml")) {
            // What both sides have is the gateways'.
            boolean shared = List.of("/", "/ballots", "/openapi.yaml").contains(path);
            assertThat(upstream(path)).as(path).isEqualTo(shared ? "producer" : "streams-app");
        }
        for (String path : paths("producer/src/main/resources/openapi/producer.yaml")) {
            assertThat(upstream(path)).as(path).isEqualTo("producer");
        }
    }

    @Test
    void shouldBelieveTheProxyAlone() {
        String address = service("proxy")
                .path("networks")
                .path("front")
                .path("ipv4_address")
                .stringValue();
        for (String name : List.of("producer-1", "producer-2", "streams-app-1", "streams-app-2")) {
            assertThat(service(name)
                            .path("environment")
                            .path("VOTELOG_LIMITS_TRUSTED_PROXIES")
                            .stringValue())
                    .isEqualTo(address);
        }
        // Set, and not added to what a voter sends.
        assertThat(proxy).contains("proxy_set_header X-Forwarded-For $remote_addr;");
    }

    private static Set<String> paths(String openApi) throws IOException {
        Set<String> paths = Files.readAllLines(Builds.REPOSITORY.resolve(openApi)).stream()
                .filter(line -> line.matches(" {2}/\\S*:"))
                .map(line -> line.strip().replaceAll(":$", "").replaceAll("\\{[^}]*}", "x1"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(paths).as(openApi).hasSizeGreaterThan(5);
        return paths;
    }

    /** As nginx chooses: the first expression that matches, else the longest beginning. */
    private static String upstream(String path) {
        Map<String, String> expressions = new LinkedHashMap<>();
        Map<String, String> beginnings = new LinkedHashMap<>();
        LOCATION.matcher(proxy).results().forEach(location -> (location.group(1) == null ? beginnings : expressions)
                .put(location.group(2), location.group(3)));
        assertThat(expressions).hasSize(4);
        assertThat(beginnings).hasSize(2);
        return expressions.entrySet().stream()
                .filter(location ->
                        Pattern.compile(location.getKey()).matcher(path).find())
                .findFirst()
                .or(() -> beginnings.entrySet().stream()
                        .filter(location -> path.startsWith(location.getKey()))
                        .reduce((a, b) -> a.getKey().length() > b.getKey().length() ? a : b))
                .map(Map.Entry::getValue)
                .orElseThrow();
    }

    private static Map<String, JsonNode> services() {
        return compose.path("services")
                .propertyStream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static JsonNode service(String name) {
        return compose.path("services").path(name);
    }

    private static Set<String> networks(JsonNode service) {
        JsonNode networks = service.path("networks");
        return networks.isArray() ? new HashSet<>(texts(networks)) : new HashSet<>(networks.propertyNames());
    }

    /** The names of the files that a part finds its secrets in. */
    private static List<String> targets(String name) {
        return service(name)
                .path("secrets")
                .valueStream()
                .map(secret -> secret.isObject() ? secret.path("target").stringValue() : secret.stringValue())
                .toList();
    }

    private static List<String> texts(JsonNode values) {
        return values.valueStream().map(JsonNode::stringValue).toList();
    }
}
