// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.votelog.infra.release.Shell.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A release of the last commit, rehearsed in a clone by the commands of this module's README. It takes minutes, so it runs where
 * {@value #PROPERTY} is {@code true}.
 */
class ReleaseIT {
    static final String PROPERTY = "votelog.release.rehearsal";

    private static final Path REPOSITORY = Path.of("../..").toAbsolutePath().normalize();
    private static final Path README = REPOSITORY.resolve("infra/release/README.md");
    private static final String VERSION = "99.1.2";
    private static final String BUILD = "./mvnw -Prelease verify";
    private static final String REHEARSED = "./mvnw -Prelease -DskipTests -pl infra/release -am verify";
    private static final String FOLDER = "infra/release/target/release";
    private static final String CLONE = "git clone --quiet --config commit.gpgsign=false --config tag.gpgsign=false";
    private static final String PASSPHRASE = "a passphrase";
    private static final List<String> PROGRAMS = List.of("producer", "streams-app", "auditor");

    @TempDir
    static Path dir;

    private static SigningKey key;
    private static Shell atWork;
    private static Said snapshot;
    private static Said withoutKey;
    private static Shell clean;
    private static Path release;

    @BeforeAll
    static void rehearse() throws Exception {
        if (!Boolean.getBoolean(PROPERTY)) {
            System.out.println("release's rehearsal skipped: -D" + PROPERTY + "=true has it run");
        }
        assumeTrue(Boolean.getBoolean(PROPERTY));
        key = SigningKey.drawn("A Rehearsal <rehearsal@example.org>", PASSPHRASE);
        Shell shell = new Shell(dir, environment());
        succeeded(shell.run(CLONE + " '%s' work".formatted(REPOSITORY)));
        atWork = shell.in(dir.resolve("work"));
        snapshot = atWork.with(secrets()).run(REHEARSED);
        assertThat(atWork.folder().resolve(FOLDER)).doesNotExist();
        succeeded(atWork.run(commands("The version")));
        succeeded(atWork.run(commands("A clean clone")));
        clean = atWork.in(dir.resolve("votelog-" + VERSION));
        release = clean.folder().resolve(FOLDER);
        // A build server gives an empty value for a secret that it does not have.
        withoutKey =
                clean.with(Map.of("MAVEN_GPG_KEY", "")).run(REHEARSED + " -Dgpg.keyFilePath=" + dir.resolve("no.key"));
        assertThat(release).doesNotExist();
        assertThat(commands("The build").strip()).isEqualTo(BUILD);
        succeeded(clean.with(secrets()).run(REHEARSED));
    }

    @Test
    void shouldRefuseASnapshot() {
        assertThat(snapshot.code()).as(snapshot.text()).isEqualTo(1);
        assertThat(snapshot.text())
                .contains("A release has no SNAPSHOT version. Set one: ./mvnw versions:set")
                .doesNotContain("there is no key");
    }

    @Test
    void shouldRefuseToGoWithoutAKey() {
        assertThat(withoutKey.code()).as(withoutKey.text()).isEqualTo(1);
        assertThat(withoutKey.text())
                .contains("A release is signed, and there is no key. Set MAVEN_GPG_KEY ")
                .doesNotContain("SNAPSHOT");
    }

    @Test
    void shouldHoldTheseFilesAlone() throws IOException {
        assertThat(names(release))
                .containsExactlyInAnyOrder(
                        "CHANGELOG.md",
                        "LICENSE",
                        "SHA256SUMS",
                        "SHA256SUMS.asc",
                        "votelog-99.1.2-asyncapi.yaml",
                        "votelog-auditor-99.1.2-sbom.json",
                        "votelog-auditor-99.1.2.jar",
                        "votelog-auditor-99.1.2.jar.asc",
                        "votelog-producer-99.1.2-openapi.yaml",
                        "votelog-producer-99.1.2-sbom.json",
                        "votelog-producer-99.1.2.jar",
                        "votelog-producer-99.1.2.jar.asc",
                        "votelog-streams-app-99.1.2-openapi.yaml",
                        "votelog-streams-app-99.1.2-sbom.json",
                        "votelog-streams-app-99.1.2.jar",
                        "votelog-streams-app-99.1.2.jar.asc");
    }

    @Test
    void shouldSumAllFilesThatAreNoSignatures() throws Exception {
        Map<String, String> sums = new TreeMap<>();
        for (String line : Files.readAllLines(release.resolve("SHA256SUMS"))) {
            assertThat(line).matches("[0-9a-f]{64} [ *][^ /]+");
            sums.put(line.substring(66), line.substring(0, 64));
        }
        Map<String, String> expected = new TreeMap<>();
        for (String name : names(release)) {
            if (!name.equals("SHA256SUMS") && !name.endsWith(".asc")) {
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(release.resolve(name)));
                expected.put(name, HexFormat.of().formatHex(digest));
            }
        }
        assertThat(sums).isEqualTo(expected).hasSize(11);
    }

    @Test
    void shouldBeSignedByTheKey() throws Exception {
        Path sums = release.resolve("SHA256SUMS");
        Path signature = release.resolve("SHA256SUMS.asc");
        assertThat(signature).content().startsWith("-----BEGIN PGP SIGNATURE-----");
        assertThat(key.signed(sums, signature)).isTrue();
        for (String program : PROGRAMS) {
            Path jar = jar(program);
            assertThat(key.signed(jar, jar.resolveSibling(jar.getFileName() + ".asc")))
                    .isTrue();
            assertThat(key.signed(sums, jar.resolveSibling(jar.getFileName() + ".asc")))
                    .as("the signature of %s for the sums", jar)
                    .isFalse();
        }
        Path changed = dir.resolve("changed");
        Files.writeString(changed, Files.readString(sums).replaceFirst("^.", "x"));
        assertThat(key.signed(changed, signature)).isFalse();
        assertThat(SigningKey.drawn("Another", PASSPHRASE).signed(sums, signature))
                .isFalse();
    }

    @Test
    void shouldSayItsVersion() throws Exception {
        for (String program : PROGRAMS) {
            try (JarFile jar = new JarFile(jar(program).toFile())) {
                assertThat(jar.getManifest().getMainAttributes().getValue("Implementation-Version"))
                        .as(program)
                        .isEqualTo(VERSION);
            }
            Path sbom = release.resolve("votelog-%s-%s-sbom.json".formatted(program, VERSION));
            assertThat(sbom).content().doesNotContain("SNAPSHOT");
            JsonNode component =
                    new JsonMapper().readTree(sbom.toFile()).path("metadata").path("component");
            assertThat(component.path("name").stringValue()).isEqualTo("votelog-" + program);
            assertThat(component.path("version").stringValue()).isEqualTo(VERSION);
        }
        assertThat(clean.folder().resolve("infra/kubernetes/overlays/production/kustomization.yaml"))
                .content()
                .contains("newTag: " + VERSION)
                .doesNotContain("SNAPSHOT");
    }

    /** By what the README has its maker and a stranger type. */
    @Test
    void shouldPassAsItIsAndNotOtherwise() throws Exception {
        Path download = dir.resolve("download");
        succeeded(clean.run("cp -R '%s' '%s'".formatted(release, download)));
        Path publicKey = Files.writeString(dir.resolve("votelog-release-key.asc"), key.open());
        String stranger =
                commands("Whether a download is right").replace("votelog-release-key.asc", publicKey.toString());
        String maker = commands("A look at it");
        Map<String, String> home = Map.of(
                "GNUPGHOME",
                Files.createDirectory(
                                dir.resolve("gnupg"),
                                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")))
                        .toString());
        if (clean.run("command -v gpg").code() != 0) {
            System.out.println("release's rehearsal by gpg skipped: there is none here");
            stranger = stranger.replaceAll("gpg [^\n]*\n", "");
            maker = maker.replaceAll("&& gpg [^)]*", "");
        }
        Shell shell = clean.in(download).with(home);
        Said right = shell.run(stranger);
        succeeded(right);
        assertThat(right.text()).contains("votelog-auditor-99.1.2.jar: OK");
        Said seen = clean.with(home).run(maker);
        succeeded(seen);
        assertThat(seen.text().lines().toList()).last().asString().contains(VERSION);

        Files.write(download.resolve("LICENSE"), new byte[] {'\n'}, StandardOpenOption.APPEND);
        Said wrong = shell.run(stranger);
        assertThat(wrong.code()).as(wrong.text()).isEqualTo(1);
        assertThat(wrong.text()).contains("LICENSE: FAILED");
    }

    /** In another folder, whose name has blanks, in another time zone and language, and with files that nobody else may read. */
    @Test
    void shouldBeTheSameToTheByteWhereAStrangerBuildsIt() throws Exception {
        Shell stranger = clean.in(dir.resolve("by a stranger"))
                .with(Map.of("DOWNLOAD", release.toString(), "TZ", "Asia/Tokyo", "LC_ALL", "C"));
        String rights = "umask 077\n";
        succeeded(clean.run(rights + "git clone --quiet '%s' '%s'".formatted(atWork.folder(), stranger.folder())));
        succeeded(stranger.run(rights + commands("Building it again")));
        Path again = stranger.folder().resolve(FOLDER);
        assertThat(again.resolve("SHA256SUMS")).hasSameBinaryContentAs(release.resolve("SHA256SUMS"));
        assertThat(names(again)).hasSize(12).noneMatch(name -> name.endsWith(".asc"));
    }

    @Test
    void shouldGoOnWithTheNextVersion() throws Exception {
        Shell next = atWork.in(dir.resolve("next"));
        succeeded(atWork.run(CLONE + " . '%s'".formatted(next.folder())));
        succeeded(next.run(commands("The next version")));
        Said left = next.run("! git grep -n --fixed-strings '%s' -- '*pom.xml' infra/kubernetes".formatted(VERSION));
        succeeded(left);
        Said poms = next.run(
                "git grep -l '<version>0.2.0-SNAPSHOT</version>' -- '*pom.xml' | wc -l; git ls-files '*pom.xml' | wc -l");
        succeeded(poms);
        List<String> counts = poms.text().strip().lines().map(String::strip).toList();
        assertThat(counts.get(0)).isEqualTo(counts.get(1));
    }

    /** The commands of the first block of code below that heading of the README. */
    private static String commands(String heading) throws IOException {
        Matcher block = Pattern.compile(
                        "^#+ " + Pattern.quote(heading) + "\n.*?^```sh\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(Files.readString(README));
        assertThat(block.find()).as("a block of code below %s", heading).isTrue();
        return block.group(1);
    }

    private static Map<String, String> environment() {
        return Map.of(
                "VERSION", VERSION,
                "MAVEN_ARGS", "-q -B -ntp",
                "GIT_AUTHOR_NAME", "A Rehearsal",
                "GIT_AUTHOR_EMAIL", "rehearsal@example.org",
                "GIT_COMMITTER_NAME", "A Rehearsal",
                "GIT_COMMITTER_EMAIL", "rehearsal@example.org");
    }

    private static Map<String, String> secrets() throws IOException {
        return Map.of("MAVEN_GPG_KEY", key.secret(), "MAVEN_GPG_PASSPHRASE", PASSPHRASE);
    }

    private static void succeeded(Said said) {
        assertThat(said.code()).as(said.text()).isZero();
    }

    private static Path jar(String program) {
        return release.resolve("votelog-%s-%s.jar".formatted(program, VERSION));
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
