// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.system.Tokens;
import io.votelog.infra.testing.WholeSystem;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The real program with the real jars, as a person meets it. */
class UpIT {
    private static final Duration SOON = Duration.ofMinutes(1);

    @TempDir
    Path dir;

    private Running up;

    @AfterEach
    void leaveNothingBehind() {
        if (up != null) {
            up.kill();
        }
    }

    @Test
    void shouldKeepEveryVoteThroughAStop() throws Exception {
        up = Running.start(dir);
        up.awaitReady();
        assertThat(up.out()).anyMatch(line -> line.startsWith("JDK             " + System.getProperty("java.version")));
        assertThat(up.receipt(up.vote("ada", "01", "25")).path("status").stringValue())
                .isEqualTo("accepted");
        up.awaitTurnout(1, 1, 0, 0);
        assertThat(up.votes()).containsEntry("01", 1L).containsEntry("25", 1L).hasSize(2);

        JsonNode first = up.vote("ada", "25", "01");
        assertThat(up.receipt(first).path("status").stringValue()).isIn("accepted", "retried");
        up.awaitTurnout(2, 1, 1, 0);
        JsonNode other = up.vote("ada", "02", "26");
        JsonNode refused = up.receipt(other);
        assertThat(refused.path("status").stringValue()).isEqualTo("rejected");
        assertThat(refused.path("reason").stringValue()).isEqualTo("ALREADY_VOTED");
        up.awaitTurnout(3, 1, 1, 1);

        Running second = Running.start(dir);
        assertThat(second.awaitEnd(SOON)).isEqualTo(1);
        assertThat(second.err()).hasSize(1).first().asString().contains("in use by another infra/up");

        Set<Long> children = up.children();
        assertThat(children)
                .as("a broker, a gateway, a streams-app and a sealer")
                .hasSize(4);
        up.interrupt();
        assertThat(up.awaitEnd(SOON)).isZero();
        assertThat(up.err()).isEmpty();
        assertThat(children).allMatch(Running::gone);

        up = Running.start(dir);
        up.awaitReady();
        up.awaitTurnout(3, 1, 1, 1);
        assertThat(up.vote("ada", "01", "25").path("receipt").stringValue())
                .isEqualTo(first.path("receipt").stringValue());
        up.vote("grace", "01", "43");
        up.awaitTurnout(5, 2, 2, 1);
        assertThat(up.votes()).containsEntry("01", 2L).containsEntry("25", 1L).containsEntry("43", 1L);
    }

    /** What is given by environment is used, by the apps and by the program itself, and never replaced in silence. */
    @Test
    @WholeSystem
    void shouldUseWhatIsGivenByEnvironment() throws Exception {
        String secret = "a secret that was given, of at least 32 bytes";
        String pepper = Base64.getEncoder().encodeToString(new byte[32]);
        up = Running.startAt(
                dir,
                Running.freeOffset(),
                Map.of(
                        "VOTELOG_AUTH_HS256_SECRET", secret,
                        "VOTELOG_AUTH_ISSUER", "https://issuer.example",
                        "VOTELOG_AUTH_AUDIENCE", "votes",
                        "VOTELOG_PEPPER", pepper,
                        "VOTELOG_HSTS_MAX_AGE", "60s"),
                "--demo",
                "5");
        up.awaitReady();
        Tokens issuer = new Tokens(secret, "https://issuer.example", "votes", Clock.systemUTC());
        JsonNode vote = up.voteWith(issuer.token("ada", ""), 202, "01", "25");
        assertThat(up.receipt(vote).path("status").stringValue()).isEqualTo("accepted");
        up.voteWith(
                new Tokens(secret.replace("given", "taken"), "https://issuer.example", "votes", Clock.systemUTC())
                        .token("bob", ""),
                401,
                "01",
                "25");
        // Its own voters have tokens of that issuer too, and its voters' pseudonyms are those of the given pepper.
        await().atMost(Duration.ofSeconds(60)).until(() -> up.turnout("accepted") > 3);
        byte[] receipt = Base64.getUrlDecoder().decode(vote.path("receipt").stringValue());
        assertThat(Arrays.copyOf(receipt, 16)).isEqualTo(pseudonym(new byte[32], "gz-customs-2021", "ada"));
        assertThat(up.said()).anyMatch(line -> line.contains("TOKEN=…")).noneMatch(line -> line.contains("/dev/token"));

        up.interrupt();
        assertThat(up.awaitEnd(SOON)).isZero();
        up = Running.startAt(
                dir,
                Running.freeOffset(),
                Map.of("VOTELOG_PEPPER", Base64.getEncoder().encodeToString(new byte[33])));
        assertThat(up.awaitEnd(SOON)).isEqualTo(1);
        assertThat(up.err())
                .singleElement()
                .asString()
                .startsWith("infra/up: VOTELOG_PEPPER is another pepper than the votes in ");

        Running refused = Running.startAt(
                Files.createDirectory(dir.resolve("other")),
                Running.freeOffset(),
                Map.of("VOTELOG_AUTH_HS256_SECRET", "short"));
        assertThat(refused.awaitEnd(SOON)).isEqualTo(1);
        assertThat(refused.err())
                .containsExactly("infra/up: VOTELOG_AUTH_HS256_SECRET has 5 bytes; it must be at least 32 bytes");
    }

    @Test
    void shouldSayInOneLineWhichPortIsInUse() throws Exception {
        int offset = Running.freeOffset();
        try (ServerSocket taken = new ServerSocket(8081 + offset, 1, InetAddress.getByName("127.0.0.1"))) {
            up = Running.startAt(dir, offset);
            assertThat(up.awaitEnd(SOON)).isEqualTo(1);
            assertThat(up.err()).hasSize(1);
            assertThat(up.err().get(0))
                    .contains("port " + taken.getLocalPort() + " is in use, needed for the results")
                    .contains("--port-offset");
            assertThat(dir.resolve(".votelog/kafka")).doesNotExist();
        }
    }

    @Test
    void shouldRefuseABallotThatBreaksARuleBeforeAnythingStarts() throws Exception {
        Path ballot = Files.writeString(dir.resolve("mine.yaml"), "ballotId: mine\ntitle: Mine\n");
        up = Running.start(dir, "--ballot", ballot.toString());
        assertThat(up.awaitEnd(SOON)).isEqualTo(1);
        assertThat(up.err()).hasSize(1).first().asString().contains("mine.yaml").contains("window");
        assertThat(dir.resolve(".votelog/kafka")).doesNotExist();
    }

    private static byte[] pseudonym(byte[] pepper, String ballotId, String userId) throws Exception {
        Mac hmac = Mac.getInstance("HmacSHA256");
        hmac.init(new SecretKeySpec(pepper, "HmacSHA256"));
        hmac.update("voter/v1".getBytes(StandardCharsets.UTF_8));
        for (String part : List.of(ballotId, userId)) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            hmac.update(ByteBuffer.allocate(2).putShort((short) bytes.length).array());
            hmac.update(bytes);
        }
        return Arrays.copyOf(hmac.doFinal(), 16);
    }
}
