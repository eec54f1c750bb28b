// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.images.Tarball.Entry;
import io.votelog.infra.testing.WholeSystem;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is in the images, and that two builds are the same: without an engine, and without what is prepared of a start. */
@WholeSystem
class ImagesIT {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    static Path dir;

    private static final Map<ImageApp, Tarball> IMAGES = new EnumMap<>(ImageApp.class);

    @BeforeAll
    static void build() throws IOException {
        Builds.build(dir, "--no-aot");
        for (ImageApp app : ImageApp.values()) {
            IMAGES.put(app, new Tarball(Builds.tarball(dir, app)));
        }
    }

    @Test
    void shouldBeTheSameToTheByteAtEachBuild() throws IOException {
        Path again = dir.resolve("again");
        Builds.build(again, "--no-aot", "--app", "auditor");
        assertThat(Files.mismatch(Builds.tarball(dir, ImageApp.AUDITOR), Builds.tarball(again, ImageApp.AUDITOR)))
                .as("the first byte at which two builds differ")
                .isEqualTo(-1);
    }

    @ParameterizedTest
    @EnumSource
    void shouldRunAsSomebodyWithoutRights(ImageApp app) throws IOException {
        JsonNode config = IMAGES.get(app).config();
        assertThat(config.path("User").stringValue()).isEqualTo("10001:10001");
        assertThat(IMAGES.get(app).entryPoint())
                .startsWith("/opt/java/bin/java")
                .contains("-XX:+ExitOnOutOfMemoryError")
                .endsWith("-jar", app.imageName() + ".jar");
        assertThat(config.path("WorkingDir").stringValue()).isEqualTo("/app");
        assertThat(config.path("ExposedPorts").propertyNames())
                .containsExactlyInAnyOrderElementsOf(
                        app.ports().stream().map(port -> port + "/tcp").toList());
    }

    @ParameterizedTest
    @EnumSource
    void shouldSayWhatItIs(ImageApp app) throws IOException {
        JsonNode labels = IMAGES.get(app).config().path("Labels");
        String version = labels.path("org.opencontainers.image.version").stringValue();
        assertThat(Files.readString(Builds.REPOSITORY.resolve("pom.xml")))
                .contains("<version>" + version + "</version>");
        assertThat(IMAGES.get(app).name()).isEqualTo(app.imageName() + ":" + version);
        assertThat(labels.path("org.opencontainers.image.title").stringValue()).isEqualTo(app.imageName());
        assertThat(labels.path("org.opencontainers.image.licenses").stringValue())
                .isEqualTo("Apache-2.0");
        if (Files.exists(Builds.REPOSITORY.resolve(".git"))) {
            assertThat(labels.path("org.opencontainers.image.revision").stringValue())
                    .matches("[0-9a-f]{40}(-dirty)?");
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldHoldNothingThatItsUserMayChangeButWhatItKeeps(ImageApp app) {
        Map<String, Entry> files = IMAGES.get(app).files();
        assertThat(files.values()).noneMatch(file -> (file.mode() & 06000) != 0);
        assertThat(files.values().stream().filter(Entry::writableByOthers).map(Entry::path))
                .containsExactly("/tmp");
        assertThat(files.values().stream().filter(file -> file.user() != 0).map(Entry::path))
                .containsExactly(ImagePaths.STATE);
        assertThat(files.get(ImagePaths.STATE).mode()).isEqualTo(0700);
        assertThat(files.get(ImagePaths.STATE).user()).isEqualTo(10_001);
        assertThat(files.values().stream()
                        .filter(file -> !file.folder())
                        .map(Entry::timeS)
                        .distinct())
                .as("times of all files, whenever the image is made")
                .hasSize(1);
    }

    /** Programs of the JDK aside, nothing can be run: no shell, no package manager. */
    @ParameterizedTest
    @EnumSource
    void shouldHoldNoProgramButJavas(ImageApp app) {
        Set<String> programs = IMAGES.get(app).files().values().stream()
                .filter(file -> !file.folder() && (file.mode() & 0111) != 0)
                .map(Entry::path)
                .filter(path -> !path.matches(".*\\.so(\\.[0-9]+)*"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(programs)
                .contains("/opt/java/bin/java", "/opt/java/bin/jcmd")
                .allMatch(path -> path.startsWith("/opt/java/bin/") || path.startsWith("/opt/java/lib/"));
    }

    @ParameterizedTest
    @EnumSource
    void shouldHoldNoSecret(ImageApp app) throws IOException {
        Pattern secret = Pattern.compile("-----BEGIN [A-Z ]*PRIVATE KEY-----");
        Path plain = dir.resolve("plain-" + app.appName());
        IMAGES.get(app)
                .unpack(
                        plain,
                        file -> !file.path().startsWith(ImagePaths.JAVA)
                                && !file.path().matches(".*\\.(jar|so)(\\.[0-9]+)*"));
        List<Path> files = Trees.files(plain);
        assertThat(files).extracting(file -> plain.relativize(file).toString()).contains("etc/passwd", "app/sbom.json");
        for (Path file : files) {
            assertThat(secret.matcher(Files.readString(file, StandardCharsets.ISO_8859_1))
                            .find())
                    .as("a private key in %s", file)
                    .isFalse();
        }
        assertThat(IMAGES.get(app).config().path("Env").valueStream().map(JsonNode::stringValue))
                .allMatch(variable -> variable.equals("VOTELOG_STREAMS_STATE_DIR=" + ImagePaths.STATE));
    }

    /** By the digest of each jar, in both directions. */
    @ParameterizedTest
    @EnumSource
    void shouldListWhatItIsMadeOf(ImageApp app) {
        byte[] sbom = IMAGES.get(app).content("/app/sbom.json");
        assertThat(dir.resolve(app.imageName() + "-sbom.json")).binaryContent().isEqualTo(sbom);
        Map<String, String> listed = new TreeMap<>();
        JSON.readTree(sbom)
                .path("components")
                .forEach(component -> component.path("hashes").forEach(hash -> {
                    if (hash.path("alg").stringValue("").equals("SHA-256")) {
                        listed.put(
                                hash.path("content").stringValue(),
                                component.path("name").stringValue() + " "
                                        + component.path("version").stringValue());
                    }
                }));
        Map<String, String> there = IMAGES.get(app).files().values().stream()
                .filter(file -> file.path().matches("/app/lib/.*\\.jar"))
                .collect(Collectors.toMap(Entry::digest, Entry::path));
        assertThat(there).isNotEmpty();
        assertThat(there.entrySet().stream().filter(jar -> !listed.containsKey(jar.getKey())))
                .as("jars that sbom.json does not list")
                .isEmpty();
        assertThat(listed.entrySet().stream()
                        .filter(component -> !there.containsKey(component.getKey()))
                        .map(Map.Entry::getValue))
                .as("components that are not in /app/lib: Spring's lists of libraries, which hold no code")
                .allMatch(component -> component.startsWith("spring-boot-starter"));
    }

    @Test
    void shouldShareTheLayersThatAppsHaveInCommon() throws IOException {
        Set<String> common = new HashSet<>(IMAGES.get(ImageApp.PRODUCER).layerDigests());
        common.retainAll(IMAGES.get(ImageApp.STREAMS).layerDigests());
        common.retainAll(IMAGES.get(ImageApp.AUDITOR).layerDigests());
        assertThat(common).as("the base and the Java runtime").hasSize(2);
    }

    /** What jdeps finds that the apps and their libraries use of a JDK is in the images' runtime. */
    @Test
    void shouldHaveTheModulesThatAreUsed() throws IOException {
        Path jars = Files.createDirectories(dir.resolve("jars"));
        IMAGES.values().forEach(image -> image.unpack(jars, file -> file.path().matches("/app/.*\\.jar")));
        List<String> arguments = new ArrayList<>(List.of("-s", "--multi-release", "17"));
        Trees.files(jars).forEach(jar -> arguments.add(jar.toString()));
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        int code = ToolProvider.findFirst("jdeps").orElseThrow().run(out, out, arguments.toArray(String[]::new));
        out.flush();
        assertThat(code).as("jdeps says %s", said).isZero();
        Set<String> used = Pattern.compile("-> (javax?\\.\\S+|jdk\\.\\S+)")
                .matcher(said.toString())
                .results()
                .map(use -> use.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(used).contains("java.base", "java.management");
        assertThat(JavaRuntime.NEEDED).containsAll(used);
    }
}
