// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.system.ProgramHelp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What infra/up says before anything is built: the scripts of a clone in which nothing is, where Maven only notes what it is told. */
class FreshCloneTest {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Path HELP = Path.of("infra/local/src/main/resources/io/votelog/infra/local/help.txt");

    @TempDir
    Path clone;

    private Path built;

    private record Said(int code, String out, String err) {}

    @BeforeEach
    void clonesScripts() throws IOException {
        for (Path file : List.of(Path.of("infra/up"), Path.of("infra/launch.sh"), HELP)) {
            Files.createDirectories(clone.resolve(file).getParent());
            Files.copy(ROOT.resolve(file), clone.resolve(file));
        }
        built = clone.resolve("asked-of-maven");
        Path maven = Files.writeString(clone.resolve("mvnw"), "#!/bin/sh\necho \"$@\" >>asked-of-maven\nexit 1\n");
        Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwx------"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h", "--fresh --help"})
    void shouldTellWhatItCanDo(String arguments) throws Exception {
        Said said = up(arguments.split(" "));
        assertThat(said).isEqualTo(new Said(0, ProgramHelp.of(Up.class), ""));
        assertThat(built).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "--bogus, there is no option --bogus",
        "bogus, there is no option bogus",
        "-x, there is no option -x",
        "--, there is no option --",
        "--fres, there is no option --fres",
        "--f.*, there is no option --f.*",
        "N, there is no option N",
        "--fresh=1, --fresh takes no value",
        "--fresh --fresh, --fresh is given twice",
        "--ballot, --ballot needs a value",
        "--demo, --demo needs a value",
        "--demo 0, --demo is 0; 1 to 20000 is allowed",
        "--demo=20001, --demo is 20001; 1 to 20000 is allowed",
        "--demo many, --demo is many; 1 to 20000 is allowed",
        "--port-offset -1, --port-offset is -1; 0 to 56000 is allowed",
        "--port-offset 99999999999999999999, --port-offset is 99999999999999999999; 0 to 56000 is allowed",
        "--wait 0, --wait is 0; 1 to 1440 is allowed"
    })
    void shouldRefuseWhatItDoesNotKnow(String arguments, String what) throws Exception {
        Said said = up(arguments.split(" "));
        assertThat(said).isEqualTo(new Said(2, "", "infra/up: " + what + "\n" + ProgramHelp.of(Up.class)));
        assertThat(built).doesNotExist();
    }

    /** How code is formatted is nothing to whoever runs it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--fresh --cluster --demo 500 --ballot mine.yaml --port-offset 1000 --dir /tmp/x --wait 5",
                "--demo=500 --ballot=--help --dir=-x",
                "--ballot --fresh"
            })
    void shouldBuildForWhatItKnows(String arguments) throws Exception {
        Said said = up(arguments.isEmpty() ? new String[0] : arguments.split(" "));
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.err()).startsWith("infra/up: the build failed");
        assertThat(Files.readString(built)).contains("-DskipTests", "-Dspotless.check.skip=true", "package");
    }

    @Test
    void shouldLookForChangesWhereThereIsCode() throws Exception {
        Process shell = new ProcessBuilder("bash", "-c", "root=/; name=x; . infra/launch.sh; echo $modules")
                .directory(ROOT.toFile())
                .start();
        List<String> modules = List.of(
                new String(shell.getInputStream().readAllBytes()).strip().split(" "));
        assertThat(modules).contains("web", "infra/system", "producer", "streams-app");
        assertThat(modules).allSatisfy(module -> assertThat(ROOT.resolve(module).resolve("pom.xml"))
                .exists());
    }

    @Test
    void shouldDescribeTheOptionsThatThereAre() {
        List<String> options = new Options()
                .commandLine().getCommandSpec().options().stream()
                        .map(option ->
                                option.longestName() + (option.arity().max() == 0 ? "" : " " + option.paramLabel()))
                        .toList();
        List<String> described = ProgramHelp.of(Up.class)
                .lines()
                .filter(line -> line.startsWith("  --"))
                .map(line -> line.strip().split(" {2,}")[0])
                .toList();
        assertThat(described).containsExactlyInAnyOrderElementsOf(options);
        assertThat(ProgramHelp.of(Up.class))
                .contains(
                        "1 to " + Options.MAX_DEMO,
                        "0 to " + Options.MAX_PORT_OFFSET,
                        "1 to " + Options.MAX_WAIT_MINUTES);
    }

    private Said up(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(clone.resolve("infra/up").toString()));
        command.addAll(List.of(arguments));
        Path out = clone.resolve("out");
        Path err = clone.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Said(process.exitValue(), Files.readString(out), Files.readString(err));
    }
}
