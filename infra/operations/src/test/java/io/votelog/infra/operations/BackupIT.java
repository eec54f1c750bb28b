// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.broker.FileTrees;
import io.votelog.infra.system.App;
import io.votelog.infra.system.Secrets;
import io.votelog.infra.system.SystemFolders;
import io.votelog.infra.testing.WholeSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** All brokers and all state are lost, and the log comes back from a backup, by the commands of the page. */
@WholeSystem
class BackupIT {
    private static final int BACKUP = 0;
    private static final int RESTORER = 1;
    private static final int RESTORE = 2;
    private static final int NO_RESTORER = 3;
    private static final int REPLAY = 4;
    private static final int BACKUP_AGAIN = 5;
    private static final int SEAL = 6;
    private static final int NO_SEALS = 7;
    private static final int SEAL_ANEW = 8;

    private static final int TOPICS = 0;
    private static final int USERS = 1;
    private static final int RIGHTS = 2;

    private static final int VOTERS = 40;
    private static final String KEYGEN =
            "auditor keygen --origin vote.example/2026 --out sealing-key > sealing-public-keys\n";
    private static final String SEAL_ONCE =
            "auditor seal --once --bootstrap-servers localhost:9092 --log sealed --key sealing-key\n";

    @TempDir
    Path dir;

    private final Secrets secrets = Secrets.drawn();
    private List<String> blocks = List.of();

    @BeforeEach
    void readThePage() throws Exception {
        blocks = OperatorShell.blocks("BACKUP.md");
        assertThat(blocks).hasSize(SEAL_ANEW + 1);
    }

    /** Nothing was sealed after the backup, so the sealed log goes on. */
    @Test
    void shouldComeBackAsItWas() throws Exception {
        JsonNode results;
        JsonNode vote;
        try (OperatedSystem system = OperatedSystem.withBroker(dir, secrets, Map.of())) {
            vote = vote(system);
            results = system.results();
            OperatorShell shell = system.shell();
            shell.run(KEYGEN + SEAL_ONCE);
            shell.run(blocks.get(BACKUP));
            // It is after the backup, and will be gone.
            system.cast("too-late", "01", "25");
        }
        loseKafka();

        try (OperatedSystem system = OperatedSystem.withBroker(dir, secrets, Map.of())) {
            OperatorShell shell = system.shell();
            shell.run(blocks.get(RESTORE));
            loseState();
            system.start(App.STREAMS);
            awaitAsItWas(system, results, vote);
            long before = leaves("sealed");
            assertThat(shell.run(blocks.get(SEAL))).contains("Passed: all");
            assertThat(leaves("sealed")).isEqualTo(before);
            system.start(App.PRODUCER);
            goOn(system, vote);
            shell.run(blocks.get(REPLAY));
            shell.run(blocks.get(BACKUP_AGAIN));
            assertThat(shell.run(blocks.get(SEAL))).contains("Passed: all");
            // Of the two votes, and of the seal.
            assertThat(leaves("sealed")).isEqualTo(before + 3);
        }
    }

    /** More was sealed than is in the backup, so the sealed log ends, and another one begins. Each command is of the user who may. */
    @Test
    void shouldComeBackOnASecuredCluster() throws Exception {
        JsonNode results;
        JsonNode vote;
        try (OperatedSystem system = OperatedSystem.withSecuredBroker(dir, secrets, Map.of())) {
            vote = vote(system);
            results = system.results();
            OperatorShell shell = system.shell();
            shell.run(KEYGEN + SEAL_ONCE);
            shell.run(blocks.get(BACKUP));
            system.cast("too-late", "01", "25");
            shell.run(SEAL_ONCE);
        }
        loseKafka();

        try (OperatedSystem system = OperatedSystem.withBareSecuredBroker(dir, secrets)) {
            OperatorShell shell = system.shell();
            List<String> rights = OperatorShell.blocks("RIGHTS.md");
            shell.run(rights.get(USERS));
            shell.run(rights.get(RIGHTS));
            shell.run(blocks.get(RESTORER));
            loginAsRestorer();
            shell.run(blocks.get(RESTORE));
            shell.run(blocks.get(NO_RESTORER));
            shell.run(OperatorShell.onOneBroker(rights.get(TOPICS)));
            loseState();
            system.start(App.STREAMS);
            awaitAsItWas(system, results, vote);

            long before = leaves("sealed");
            assertThat(shell.run("! " + SEAL_ONCE.strip() + " 2>&1\n")).contains("is of another log");
            assertThat(leaves("sealed")).isEqualTo(before);
            shell.run(blocks.get(NO_SEALS));
            shell.run(OperatorShell.onOneBroker(rights.get(TOPICS)
                    .lines()
                    .filter(line -> line.contains("votelog.seals.v1"))
                    .collect(Collectors.joining("\n", "", "\n"))));
            assertThat(shell.run(blocks.get(SEAL_ANEW))).contains("Passed: all");
            long begun = leaves("sealed-2");
            system.start(App.PRODUCER);
            goOn(system, vote);
            shell.run(blocks.get(REPLAY));
            shell.run(blocks.get(BACKUP_AGAIN));
            assertThat(shell.run(behind("auditor seal", blocks.get(SEAL_ANEW)))).contains("Passed: all");
            assertThat(leaves("sealed-2")).isEqualTo(begun + 3);
            // Whoever holds the old log to the restored one is told of the vote that is gone.
            assertThat(shell.run("! " + behind("auditor verify", blocks.get(SEAL))))
                    .contains("holds another record than the one that is sealed");
        }
    }

    /** Casts votes of every kind, and gives back one that counts. */
    private static JsonNode vote(OperatedSystem system) throws Exception {
        system.startApps().publish();
        for (int voter = 1; voter <= VOTERS; voter++) {
            system.cast("voter-" + voter, voter % 2 == 0 ? "01" : "02", "25");
        }
        JsonNode vote = system.cast("ada", "03", "27");
        system.cast("ada", "04", "28");
        system.annul(system.cast("mallory", "05", "29"));
        system.awaitResults(VOTERS + 3, 1);
        return vote;
    }

    private void loseKafka() throws Exception {
        FileTrees.delete(SystemFolders.in(dir).kafka());
    }

    private void loseState() throws Exception {
        FileTrees.delete(SystemFolders.in(dir).stores());
    }

    private static void awaitAsItWas(OperatedSystem system, JsonNode results, JsonNode vote) throws Exception {
        JsonNode restored = system.awaitResults(VOTERS + 3, 1);
        for (String part : List.of("turnout", "sections", "positions", "asOf", "version", "revision")) {
            assertThat(restored.path(part)).as(part).isEqualTo(results.path(part));
        }
        assertThat(system.receipt(vote).path("recordedAt")).isEqualTo(vote.path("recordedAt"));
    }

    /** A vote that was kept is known again, and whoever voted after the backup may vote anew. */
    private static void goOn(OperatedSystem system, JsonNode vote) throws Exception {
        JsonNode again = system.cast("ada", "03", "27");
        assertThat(again.path("receipt")).isEqualTo(vote.path("receipt"));
        JsonNode late = system.cast("too-late", "06", "30");
        system.awaitResults(VOTERS + 5, 1);
        assertThat(system.receipt(late).path("status").stringValue()).isEqualTo("accepted");
    }

    /** A block from this command on. */
    private static String behind(String command, String block) {
        assertThat(block).contains(command);
        return block.substring(block.indexOf(command));
    }

    /** The user's client settings, made of another user's and the password that the page had drawn. */
    private void loginAsRestorer() throws Exception {
        Matcher password =
                Pattern.compile("password=(\\S+)").matcher(Files.readString(dir.resolve("restorer.password")));
        assertThat(password.find()).isTrue();
        Files.writeString(
                dir.resolve("restorer.properties"),
                Files.readString(dir.resolve("auditor.properties"))
                        .replaceAll("username=\"[^\"]*\"", "username=\"restorer\"")
                        .replaceAll("password=\"[^\"]*\"", "password=\"" + password.group(1) + "\""));
    }

    /** How many leaves of votes the folder shows. */
    private long leaves(String folder) throws Exception {
        return Long.parseLong(Files.readAllLines(dir.resolve(folder).resolve("votes/checkpoint"))
                .get(1));
    }
}
