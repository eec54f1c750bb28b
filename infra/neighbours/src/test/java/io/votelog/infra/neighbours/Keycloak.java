// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.neighbours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.system.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Keycloak's own distribution as a process, with the realm of {@code infra/neighbours/keycloak}, in its development mode. */
final class Keycloak implements AutoCloseable {
    static final String PASSWORD = "correct horse";

    /** A second client, for tokens without a browser. The realm of the example has none: nobody should type passwords elsewhere than at Keycloak. */
    static final String CHECKER = "checker";

    /** The address of the page in the realm's file, and the audience there. */
    private static final String EXAMPLE_PAGE = "https://vote.example";

    private static final Path REALM = Path.of("keycloak/vote-realm.json");
    private static final String ADMIN = "operator";
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Path home;
    private final Path log;
    private final int port;
    private final int management;
    private final String page;
    private TetheredProcess process;

    private Keycloak(Path home, int port, int management, String page) {
        this.home = home;
        this.log = home.resolveSibling("keycloak.log");
        this.port = port;
        this.management = management;
        this.page = page;
    }

    /**
     * Unpacks it, and starts it with the realm of the example.
     *
     * @param dir gets a folder with it
     * @param page the origin of the ballot's page, in the place of the example's
     */
    static Keycloak start(Path dir, FreePorts ports, URI page) throws Exception {
        Path home = dir.resolve("keycloak");
        FetchedArtifact.unpack(FetchedArtifact.file("votelog.keycloak"), home);
        Path imported = Files.createDirectories(home.resolve("data/import")).resolve("vote-realm.json");
        Files.writeString(imported, Files.readString(REALM).replace(EXAMPLE_PAGE, page.toString()));
        Keycloak keycloak = new Keycloak(home, ports.next(), ports.next(), page.toString());
        keycloak.start();
        keycloak.awaitReady();
        keycloak.addClient(CHECKER, page.toString(), "https://other.example");
        return keycloak;
    }

    /** Starts it again on its data, and does not wait for it. */
    void start() throws IOException {
        process = TetheredProcess.start(
                List.of(
                        home.resolve("bin/kc.sh").toString(),
                        "start-dev",
                        "--import-realm",
                        "--http-host=127.0.0.1",
                        "--http-port=" + port,
                        "--http-management-port=" + management),
                home,
                log,
                Map.of(
                        "JAVA_HOME",
                        System.getProperty("java.home"),
                        "JAVA_OPTS_KC_HEAP",
                        "-Xmx512m",
                        "KC_BOOTSTRAP_ADMIN_USERNAME",
                        ADMIN,
                        "KC_BOOTSTRAP_ADMIN_PASSWORD",
                        PASSWORD));
    }

    void awaitReady() {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> assertThat(discovered()).as(process.said()).isTrue());
    }

    private boolean discovered() throws InterruptedException {
        try {
            URI discovery = URI.create(issuer() + "/.well-known/openid-configuration");
            return http.send(HttpRequest.newBuilder(discovery).build(), BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** SIGKILL. Its data stay. */
    void kill() {
        process.close();
    }

    String issuer() {
        return origin() + "/realms/vote";
    }

    private String origin() {
        return "http://127.0.0.1:" + port;
    }

    /** What a gateway has to be told of it. */
    Map<String, String> settings() {
        return Map.of(
                "votelog.auth.jwk-set-uri",
                issuer() + "/protocol/openid-connect/certs",
                "votelog.auth.issuer",
                issuer(),
                "votelog.auth.audience",
                page,
                "votelog.sign-in.issuer",
                issuer(),
                "votelog.sign-in.client-id",
                "ballot-page",
                "votelog.sign-in.scope",
                "openid profile");
    }

    /** Adds somebody who logs in with {@link #PASSWORD}; gives back Keycloak's id of them. */
    String addUser(String name) throws Exception {
        String place = created(
                "/admin/realms/vote/users",
                Map.of(
                        "username",
                        name,
                        "enabled",
                        true,
                        "firstName",
                        name,
                        "lastName",
                        "Voter",
                        "email",
                        name + "@people.example",
                        "emailVerified",
                        true,
                        "credentials",
                        List.of(Map.of("type", "password", "value", PASSWORD, "temporary", false))));
        return place.substring(place.lastIndexOf('/') + 1);
    }

    void deleteUser(String id) throws Exception {
        admin("DELETE", "/admin/realms/vote/users/" + id, null, 204);
    }

    /** Adds a public client that takes passwords, and whose tokens are for these. */
    void addClient(String id, String... audience) throws Exception {
        List<Map<String, ?>> mappers = new ArrayList<>();
        for (String one : audience) {
            mappers.add(Map.of(
                    "name",
                    one,
                    "protocol",
                    "openid-connect",
                    "protocolMapper",
                    "oidc-audience-mapper",
                    "config",
                    Map.of("included.custom.audience", one, "access.token.claim", "true")));
        }
        created(
                "/admin/realms/vote/clients",
                Map.of(
                        "clientId", id,
                        "publicClient", true,
                        "standardFlowEnabled", false,
                        "directAccessGrantsEnabled", true,
                        "fullScopeAllowed", false,
                        "protocolMappers", mappers));
    }

    /** Sets how long the access tokens of a client are good from now on. */
    void setTokenLife(String client, Duration life) throws Exception {
        JsonNode found = JSON.readTree(admin("GET", "/admin/realms/vote/clients?clientId=" + client, null, 200)
                        .body())
                .get(0);
        admin(
                "PUT",
                "/admin/realms/vote/clients/" + found.path("id").stringValue(),
                Map.of("clientId", client, "attributes", Map.of("access.token.lifespan", "" + life.toSeconds())),
                204);
    }

    /** Has it sign with a new key from now on, while it publishes the old one too; gives back the id of the new key's provider. */
    String rotateKeys(int priority) throws Exception {
        String place = created(
                "/admin/realms/vote/components",
                Map.of(
                        "name",
                        "rsa-" + priority,
                        "providerId",
                        "rsa-generated",
                        "providerType",
                        "org.keycloak.keys.KeyProvider",
                        "config",
                        Map.of("priority", List.of("" + priority))));
        return place.substring(place.lastIndexOf('/') + 1);
    }

    /** Takes a key away, so that it is published no more. */
    void deleteKey(String provider) throws Exception {
        admin("DELETE", "/admin/realms/vote/components/" + provider, null, 204);
    }

    /** The provider of the key that the realm began with. */
    String firstKey() throws Exception {
        JsonNode components = JSON.readTree(
                admin("GET", "/admin/realms/vote/components?type=org.keycloak.keys.KeyProvider", null, 200)
                        .body());
        return components
                .valueStream()
                .filter(component ->
                        "rsa-generated".equals(component.path("name").stringValue()))
                .map(component -> component.path("id").stringValue())
                .findFirst()
                .orElseThrow();
    }

    /** An access token of a user, by the client {@link #CHECKER}. */
    String token(String user) throws Exception {
        return token("vote", CHECKER, user);
    }

    /** The same by another client. */
    String tokenBy(String client, String user) throws Exception {
        return token("vote", client, user);
    }

    private String token(String realm, String client, String user) throws Exception {
        String form = Map.of(
                        "grant_type", "password",
                        "client_id", client,
                        "username", user,
                        "password", PASSWORD,
                        "scope", "openid")
                .entrySet()
                .stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(
                                URI.create("%s/realms/%s/protocol/openid-connect/token".formatted(origin(), realm)))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(form))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body()).path("access_token").stringValue();
    }

    private String created(String path, Map<String, ?> body) throws Exception {
        return admin("POST", path, body, 201).headers().firstValue("Location").orElseThrow();
    }

    private HttpResponse<String> admin(String method, String path, Map<String, ?> body, int expected) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(origin() + path))
                .header("Authorization", "Bearer " + token("master", "admin-cli", ADMIN))
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null
                                ? BodyPublishers.noBody()
                                : BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                .build();
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(expected);
        return answer;
    }

    @Override
    public void close() {
        kill();
    }
}
