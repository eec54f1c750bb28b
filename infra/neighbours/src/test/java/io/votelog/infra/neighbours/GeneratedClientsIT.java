// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.neighbours;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.system.FreePorts;
import io.votelog.infra.testing.WholeSystem;
import jakarta.annotation.Generated;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Clients that are generated from both OpenAPI documents compile, and vote, ask and read. */
@WholeSystem
class GeneratedClientsIT {
    /** The documents, by the name that a client of it gets. */
    private static final Map<String, Path> DOCUMENTS = Map.of(
            "gateway", SmallSystem.ROOT.resolve("producer/src/main/resources/openapi/producer.yaml"),
            "results", SmallSystem.ROOT.resolve("streams-app/src/main/resources/openapi/streams-app.yaml"));

    @TempDir
    private static Path dir;

    private static Path generator;
    private static SmallSystem system;

    @BeforeAll
    static void start() throws Exception {
        generator = FetchedArtifact.file("votelog.openapi-generator");
        system = new SmallSystem(dir, new FreePorts()).start(Map.of());
    }

    @AfterAll
    static void stop() {
        if (system != null) {
            system.close();
        }
    }

    @Test
    void shouldVoteInJava() throws Exception {
        Path sources = dir.resolve("java");
        for (String name : DOCUMENTS.keySet()) {
            generate(
                    name,
                    sources.resolve(name),
                    "java",
                    "--library",
                    "native",
                    // A text is a string or an object of strings, for which the generator's classes do not compile.
                    "--schema-mappings",
                    "Text=Object",
                    "--additional-properties",
                    "openApiNullable=false,useJakartaEe=true,apiPackage=com.example.%1$s.api,modelPackage=com.example.%1$s.model,invokerPackage=com.example.%1$s"
                            .formatted(name));
        }
        List<String> files = new ArrayList<>(
                List.of(Path.of("examples/java/VoteByClient.java").toString()));
        for (String name : DOCUMENTS.keySet()) {
            try (Stream<Path> generated = Files.walk(sources.resolve(name).resolve("src/main/java"))) {
                generated
                        .map(Path::toString)
                        .filter(file -> file.endsWith(".java"))
                        .forEach(files::add);
            }
        }
        Path classes = dir.resolve("classes");
        List<String> command = new ArrayList<>(List.of("-Xlint:none", "-proc:none", "-d", classes.toString()));
        command.addAll(List.of("-cp", librariesOfClients()));
        command.addAll(files);
        ToolProvider javac = ToolProvider.findFirst("javac").orElseThrow();
        assertThat(javac.run(System.out, System.err, command.toArray(String[]::new)))
                .isZero();
        assertVotes(
                "java",
                dir,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classes + File.pathSeparator + librariesOfClients(),
                "VoteByClient");
    }

    @Test
    void shouldVoteInTypeScript() throws Exception {
        Path folder = NodePackages.installed(Path.of("examples/typescript"), "the clients in TypeScript");
        for (String name : DOCUMENTS.keySet()) {
            generate(
                    name,
                    folder.resolve(name),
                    "typescript-fetch",
                    "--additional-properties",
                    "importFileExtension=.js");
        }
        Path log = dir.resolve("tsc.log");
        int code = NodePackages.ended(folder, log, List.of("node", "node_modules/typescript/bin/tsc"));
        assertThat(code).as(Files.readString(log)).isZero();
        assertVotes("typescript", folder, "node", "built/vote.js");
    }

    private static void generate(String name, Path to, String language, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                generator.toString(),
                "generate",
                "-g",
                language,
                "-i",
                DOCUMENTS.get(name).toString(),
                "-o",
                to.toString()));
        command.addAll(List.of(options));
        Path log = dir.resolve("%s-%s.log".formatted(language, name));
        int code = NodePackages.ended(dir, log, command);
        assertThat(code).as(Files.readString(log)).isZero();
    }

    /** What a generated client's own pom asks for. */
    private static String librariesOfClients() {
        List<String> wanted = Stream.of(ObjectMapper.class, JavaTimeModule.class, Generated.class)
                .map(type ->
                        type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .collect(Collectors.toCollection(ArrayList::new));
        Stream.of(ChildJvm.currentClassPath().split(File.pathSeparator))
                .filter(entry -> entry.matches(".*/jackson-(core|annotations)-2[^/]*\\.jar"))
                .forEach(wanted::add);
        return String.join(File.pathSeparator, wanted);
    }

    private static void assertVotes(String voter, Path folder, String... program) throws Exception {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(
                List.of(system.gateway().toString(), system.readSide().toString(), SmallSystem.BALLOT, "01", "25"));
        List<String> said = said(folder, voter, command);
        JsonNode results = system.results();
        assertThat(said).as(said.toString()).hasSize(4);
        assertThat(said.get(0)).matches("vote [0-9a-f-]{36} at \\d+@\\d+");
        assertThat(said.get(1)).isEqualTo("verdict accepted");
        assertThat(said.get(2))
                .isEqualTo("results %d 01=%2$d 25=%2$d"
                        .formatted(
                                results.path("version").longValue(),
                                results.path("turnout").path("accepted").longValue()));
        assertThat(said.get(3)).isEqualTo("refused 422 NO_CHOICE");
        assertThat(results.path("turnout").path("accepted").longValue()).isPositive();
    }

    private static List<String> said(Path folder, String voter, List<String> command)
            throws IOException, InterruptedException {
        Path out = dir.resolve(voter + ".out");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        builder.environment().put("VOTELOG_TOKEN", system.token("voter-in-" + voter, ""));
        Process process = builder.start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(out)).isZero();
        return Files.readAllLines(out);
    }
}
