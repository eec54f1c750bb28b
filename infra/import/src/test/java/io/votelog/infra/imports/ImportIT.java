// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.votelog.infra.system.App;
import io.votelog.infra.system.FreePorts;
import io.votelog.infra.system.RunningSystem;
import io.votelog.infra.system.SystemFolders;
import io.votelog.infra.system.SystemPlan;
import io.votelog.infra.testing.WholeSystem;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Votes of files, cast at a whole system and counted by it. A file of {@value #REAL} (or, in a folder of that name, each {@code .pb}
 * that has totals) is a vote that was really held; what its own lines come to is read here in another way.
 */
@WholeSystem
class ImportIT {
    private static final String REAL = "VOTELOG_TEST_PABULIB";
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Path ODD = Path.of("src/test/resources/odd.pb");

    @TempDir
    static Path dir;

    private static RunningSystem system;
    private static Path secret;

    @BeforeAll
    static void start() throws Exception {
        FreePorts ports = new FreePorts();
        system = RunningSystem.start(SystemPlan.of(ROOT, SystemFolders.in(dir))
                .instances(App.PRODUCER, 1, ports)
                .instances(App.STREAMS, 1, ports)
                .build());
        secret =
                Files.writeString(dir.resolve("secret"), system.plan().secrets().hs256() + "\n");
    }

    @AfterAll
    static void stop() {
        if (system != null) {
            system.close();
        }
    }

    private record Said(int code, String out, String err) {}

    private static Said run(String... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine program = Import.commandLine();
        program.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return new Said(program.execute(words), out.toString(), err.toString());
    }

    private static Said cast(Path file, String... more) {
        return run(Stream.concat(
                        Stream.of(
                                "cast",
                                file.toString(),
                                "--gateway",
                                system.gateways().get(0).toString(),
                                "--hs256-secret-file",
                                secret.toString(),
                                "--streams",
                                streams().toString()),
                        Stream.of(more))
                .toArray(String[]::new));
    }

    private static Said compare(Path file, String... more) {
        return run(Stream.concat(
                        Stream.of(
                                "compare",
                                file.toString(),
                                "--gateway",
                                system.gateways().get(0).toString(),
                                "--streams",
                                streams().toString()),
                        Stream.of(more))
                .toArray(String[]::new));
    }

    private static URI streams() {
        return system.plan().instances(App.STREAMS).get(0).http().url();
    }

    private static JsonNode results(String ballotId) throws Exception {
        String json = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(streams().resolve("/v1/ballots/" + ballotId + "/results"))
                                .build(),
                        BodyHandlers.ofString())
                .body();
        return new JsonMapper().readTree(json);
    }

    private static Map<String, Long> totals(String ballotId) throws Exception {
        Map<String, Long> totals = new LinkedHashMap<>();
        results(ballotId).path("sections").forEach(section -> section.path("options")
                .forEach(option -> totals.put(
                        option.path("id").stringValue(), option.path("votes").longValue())));
        return totals;
    }

    @Test
    void shouldTakeOverAVoteWithEverythingThatIsOddInIt() throws Exception {
        Path ballot = dir.resolve("odd.yaml");
        Said made = run("ballot", ODD.toString(), "--ballot", "odd-vote", "--out", ballot.toString());
        assertThat(made.code()).as(made.err()).isZero();
        assertThat(made.err()).contains("ballot odd-vote: 6 options, 1 to 3 picks; the file has 10 votes");
        assertThat(ballot).content().contains("#   BO.D1-7  BO-D1-7-2\n");

        assertThat(compare(ODD, "--ballot", "odd-vote").err()).contains("no ballot odd-vote stands there");

        Said cast = cast(ODD, "--ballot", "odd-vote", "--publish", ballot.toString(), "--compare");

        assertThat(cast.code()).as(cast.out() + cast.err()).isZero();
        assertThat(cast.out())
                .contains("7 taken, 3 refused")
                .contains("refused as NO_CHOICE: 1, the first in line 29 (no option is picked")
                .contains(
                        "refused as TOO_MANY_PICKS: 1, the first in line 30 (4 options are picked; at most 3 are allowed)")
                .contains(
                        "refused as UNKNOWN_OPTION: 1, the first in line 31 (option \"no project: 77\" is not on the ballot)")
                .contains("7 received, 6 accepted, 0 retried, 1 rejected")
                .contains("6 of 6 projects counted as the file publishes them");
        assertThat(totals("odd-vote"))
                .isEqualTo(Map.of(
                        "BO-D1-7",
                        4L,
                        "BO-D1-7-2",
                        3L,
                        "3",
                        2L,
                        "4",
                        2L,
                        "a-project-s-id-that-is-longer-th",
                        1L,
                        "-d-b-o",
                        0L));

        Said again = cast(ODD, "--ballot", "odd-vote", "--compare");

        assertThat(again.code()).as(again.out() + again.err()).isZero();
        assertThat(again.out()).contains("14 received, 6 accepted, 6 retried, 2 rejected");

        Path other =
                Files.writeString(dir.resolve("other.pb"), Files.readString(ODD).replace("100;4;1;BO", "100;5;1;BO"));
        Said differs = compare(other, "--ballot", "odd-vote");

        assertThat(differs.code()).isEqualTo(1);
        assertThat(differs.out())
                .containsPattern("BO.D1/7 +5 +4 +4\n")
                .contains("6 of 6 projects counted as a recount of the file has them")
                .contains("5 of 6 projects counted as the file publishes them");
    }

    @Test
    void shouldSayWhyItCannotBeDone() throws Exception {
        Path scores = Files.writeString(
                dir.resolve("scores.pb"), Files.readString(ODD).replace("vote_type;approval", "vote_type;cumulative"));
        Said refused = cast(scores, "--ballot", "odd-vote");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("scores.pb: line 7, column 11: vote_type is cumulative");

        Said nowhere = cast(ODD, "--ballot", "nobody-has-it");
        assertThat(nowhere.code()).isEqualTo(2);
        assertThat(nowhere.err()).contains("answers 404").contains("nobody-has-it");

        Path wrong = Files.writeString(dir.resolve("wrong"), "0123456789012345678901234567890123456789");
        Said stranger = run(
                "cast",
                ODD.toString(),
                "--ballot",
                "odd-vote",
                "--gateway",
                system.gateways().get(0).toString(),
                "--hs256-secret-file",
                wrong.toString());
        assertThat(stranger.code()).isEqualTo(2);
        assertThat(stranger.err()).contains("answers 401");

        assertThat(run("ballot", dir.resolve("absent.pb").toString()).err()).contains("absent.pb cannot be read");
        assertThat(run("ballot", ODD.toString(), "--opens", "soon").err())
                .contains("--opens is 'soon'; a time with its offset");
        assertThat(run("ballot", ODD.toString(), "--out", wrong.toString()).err())
                .contains("is there already");
    }

    /** A vote that was really held: its projects' published totals, and each vote's projects, by a reader that knows this file alone. */
    private record RealVote(Path file, Map<String, Long> published, Map<String, List<String>> votes) {
        static RealVote read(Path file) throws Exception {
            Map<String, Long> published = new LinkedHashMap<>();
            Map<String, List<String>> votes = new LinkedHashMap<>();
            String part = "";
            List<String> header = List.of();
            for (String line : Files.readAllLines(file)) {
                List<String> cells = List.of(line.split(";", -1));
                if (Set.of("META", "PROJECTS", "VOTES").contains(line)) {
                    part = line;
                    header = List.of();
                } else if (header.isEmpty()) {
                    header = cells;
                } else if (part.equals("PROJECTS")) {
                    published.put(
                            cells.get(header.indexOf("project_id")), Long.valueOf(cells.get(header.indexOf("votes"))));
                } else if (part.equals("VOTES")) {
                    votes.put(
                            cells.get(header.indexOf("voter_id")),
                            List.of(cells.get(header.indexOf("vote")).split(",")));
                }
            }
            return new RealVote(file, published, votes);
        }
    }

    private static RealVote real() throws Exception {
        String place = System.getenv().getOrDefault(REAL, "");
        if (place.isEmpty()) {
            System.out.println("votes that were really held skipped: " + REAL + "=FILE.pb names one");
        }
        assumeTrue(!place.isEmpty());
        return RealVote.read(Path.of(place));
    }

    @Test
    void shouldCountAVoteThatWasReallyHeldAsItWasCounted() throws Exception {
        RealVote real = real();
        Path ballot = dir.resolve("real.yaml");
        assertThat(run("ballot", real.file().toString(), "--ballot", "really-held", "--out", ballot.toString())
                        .code())
                .isZero();

        Said cast = cast(real.file(), "--ballot", "really-held", "--publish", ballot.toString(), "--compare");

        System.out.print(cast.out());
        assertThat(cast.code()).as(cast.out() + cast.err()).isZero();
        assertThat(totals("really-held")).isEqualTo(real.published());
    }

    /** The rule of the ballot that Votelog was made for: two sections, a pick in each, ten at most. */
    @Test
    void shouldCountAVoteThatWasReallyHeldByAnotherRule() throws Exception {
        RealVote real = real();
        List<String> ids = List.copyOf(real.published().keySet());
        int half = (ids.size() + 1) / 2;
        Path file = dir.resolve("two.yaml");
        run("ballot", real.file().toString(), "--ballot", "in-two-parts", "--out", file.toString());
        Path edited = dir.resolve("two.json");
        Files.write(
                edited,
                new JsonMapper().writeValueAsBytes(inTwoParts((ObjectNode) new YAMLMapper().readTree(file), half)));

        Said cast = cast(real.file(), "--ballot", "in-two-parts", "--publish", edited.toString(), "--compare");

        Map<String, Long> wanted = new HashMap<>();
        ids.forEach(id -> wanted.put(id, 0L));
        long accepted = 0;
        Map<String, Long> refused = new HashMap<>();
        for (List<String> choices : real.votes().values()) {
            Set<String> picked = new HashSet<>(choices);
            boolean first = picked.stream().anyMatch(ids.subList(0, half)::contains);
            boolean second = picked.stream().anyMatch(ids.subList(half, ids.size())::contains);
            String reason = picked.size() > 10
                    ? "TOO_MANY_PICKS"
                    : picked.size() < 2 ? "TOO_FEW_PICKS" : first && second ? "" : "SECTION_TOO_FEW";
            if (reason.isEmpty()) {
                accepted++;
                choices.forEach(choice -> wanted.merge(choice, 1L, Long::sum));
            } else {
                refused.merge(reason, 1L, Long::sum);
            }
        }
        System.out.print(cast.out());
        assertThat(totals("in-two-parts")).isEqualTo(wanted);
        assertThat(results("in-two-parts").path("turnout").path("accepted").longValue())
                .isEqualTo(accepted);
        assertThat(refused).hasSize(3);
        refused.forEach(
                (reason, votes) -> assertThat(cast.out()).contains("refused as %s: %d,".formatted(reason, votes)));
        assertThat(cast.out()).contains("%1$d of %1$d projects counted as a recount of the file".formatted(ids.size()));
        assertThat(cast.code()).isEqualTo(1);
    }

    private static ObjectNode inTwoParts(ObjectNode ballot, int half) {
        ballot.putObject("picks").put("min", 2).put("max", 10);
        List<JsonNode> options = new ArrayList<>();
        ballot.path("sections").path(0).path("options").forEach(options::add);
        ArrayNode sections = ballot.putArray("sections");
        for (String id : List.of("A", "B")) {
            ObjectNode section = sections.addObject().put("id", id).put("title", "Part " + id);
            section.putObject("picks").put("min", 1);
            section.putArray("options")
                    .addAll(id.equals("A") ? options.subList(0, half) : options.subList(half, options.size()));
        }
        return ballot;
    }
}
