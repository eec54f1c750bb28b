// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.votelog.auditor.CommandRun;
import io.votelog.auditor.TestLog;
import io.votelog.auditor.export.ExportManifest;
import io.votelog.auditor.files.InputFile;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.TestSealedLog;
import io.votelog.events.Salt;
import io.votelog.events.VoteCast;
import io.votelog.schemas.Events;
import io.votelog.schemas.Topics;
import io.votelog.schemas.registry.RegistryForm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A dump as it is written, and what somebody may give for one. */
class DumpTest {
    private static final Duration AT_ONCE = Duration.ofSeconds(20);
    private static final String VOTES = Topics.VOTES.name() + "-0.records";

    @TempDir
    private Path dir;

    private Path dump;
    private Dump.Manifest manifest;

    @BeforeEach
    void make() throws IOException {
        dump = dir.resolve("above/dump");
        TestLog log = new TestLog().publish(TestLog.fruits()).vote(1, 1, "a1", "b1");
        manifest = new DumpWriter(log, CountedOffsets.GROUP, dump, new Progress(System.err, false)).write();
    }

    private static CommandRun replay(Path folder) {
        return assertTimeoutPreemptively(
                AT_ONCE, () -> CommandRun.of("replay", "--dump", folder, "--public-key", TestLog.publicKey()));
    }

    private static void assertRefused(CommandRun run, String... why) {
        assertThat(run.exitCode()).as(run.out()).isEqualTo(2);
        assertThat(run.err())
                .startsWith("The audit could not be run: ")
                .contains(why)
                .doesNotContain("Exception", "io.votelog", "\tat ");
        assertThat(run.err().lines()).hasSize(1);
    }

    /** A copy is a copy; whoever decides gets single-object encoding. */
    @Test
    void shouldKeepRecordsAsTheyStandAndGiveTheEventsThatTheyAre() throws IOException {
        byte[] event =
                Events.encode(new VoteCast(new UUID(1, 2), "fruits", List.of("a1", "b1"), new Salt(new byte[32])));
        ConsumerRecord<byte[], byte[]> vote = inRegistryForm(0, event);
        ConsumerRecord<byte[], byte[]> twice = inRegistryForm(1, event);
        twice.headers().add(twice.headers().lastHeader(RegistryForm.HEADER));
        MemoryLog log = new MemoryLog(List.of(vote, twice));
        new DumpWriter(log, CountedOffsets.GROUP, dir.resolve("forms"), new Progress(System.err, false)).write();

        try (DumpSource copy = new DumpSource(dir.resolve("forms"));
                LogSource restored = new RestoredSource(log, new DumpSource(dir.resolve("forms")))) {
            for (LogSource source : List.of(copy, restored)) {
                OffsetRange range = source.ranges(Topics.VOTES.name()).get(0);
                List<byte[]> stored = new ArrayList<>();
                source.readStored(range, record -> stored.add(record.value()));
                assertThat(stored).containsExactly(vote.value(), twice.value());
                List<byte[]> read = new ArrayList<>();
                source.read(range, record -> {
                    read.add(record.value());
                    assertThat(record.headers().lastHeader(RegistryForm.HEADER)).isNotNull();
                });
                assertThat(read).containsExactly(event, twice.value());
            }
        }
    }

    private static ConsumerRecord<byte[], byte[]> inRegistryForm(long offset, byte[] event) {
        byte[] value = Arrays.copyOfRange(event, 5, event.length);
        Arrays.fill(value, 0, 5, (byte) 0);
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>(Topics.VOTES.name(), 0, offset, new byte[16], value);
        record.headers().add(RegistryForm.HEADER, Arrays.copyOfRange(event, 2, 10));
        return record;
    }

    /** It holds pseudonyms and choices. */
    @Test
    void shouldBeForItsOwnerAlone() throws IOException {
        assertThat(permissions(dump)).isEqualTo("rwx------");
        try (Stream<Path> files = Files.list(dump)) {
            assertThat(files.toList()).hasSize(4).allSatisfy(file -> assertThat(permissions(file))
                    .isEqualTo("rw-------"));
        }
        Path open = Files.createDirectory(
                dir.resolve("open"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        CommandRun run = CommandRun.of("dump", "--dump", dump, open);
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(permissions(open)).isEqualTo("rwx------");
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void shouldShutNoFolderThatHoldsOtherThings() throws IOException {
        Path other = Files.createDirectory(
                dir.resolve("other"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Files.writeString(other.resolve("file"), "mine");
        assertRefused(CommandRun.of("dump", "--dump", dump, other), "is not empty");
        assertThat(permissions(other)).isEqualTo("rwxr-xr-x");
    }

    @Test
    void shouldTakeSealsAlongWhereThereAreAny() throws IOException {
        assertThat(manifest.files()).noneMatch(file -> file.topic().equals(Topics.SEALS.name()));
        TestLog sealed = new TestLog().publish(TestLog.fruits()).withTopic(Topics.SEALS);
        sealed.add(Topics.SEALS, 0, null, new byte[] {1, 2, 3});
        Path folder = dir.resolve("sealed");
        Dump.Manifest files =
                new DumpWriter(sealed, CountedOffsets.GROUP, folder, new Progress(System.err, false)).write();
        assertThat(files.files().get(0).topic())
                .as("what a seal names is copied behind it")
                .isEqualTo(Topics.SEALS.name());
        try (DumpSource copy = new DumpSource(folder)) {
            List<OffsetRange> ranges = copy.ranges(Topics.SEALS.name());
            assertThat(ranges).hasSize(1);
            copy.read(ranges.get(0), record -> assertThat(record.value()).containsExactly(1, 2, 3));
        }
    }

    @Test
    void shouldAnswerPrograms() {
        CommandRun run = CommandRun.of("dump", "--json", "--dump", dump, dir.resolve("copy"));
        assertThat(run.exitCode()).as(run.err()).isZero();
        var answer = Texts.JSON.readTree(run.out());
        assertThat(answer.path("format").stringValue()).isEqualTo(Dump.FORMAT);
        assertThat(answer.path("files").size()).isEqualTo(manifest.files().size());
        assertThat(run.err()).isEmpty();
        CommandRun export = CommandRun.of(
                "export", "--json", "--dump", dump, "--public-key", TestLog.publicKey(), "--out", dir.resolve("out"));
        assertThat(export.exitCode()).as(export.err()).isZero();
        assertThat(Texts.JSON.readTree(export.out()).path("format").stringValue())
                .isEqualTo(ExportManifest.FORMAT);
    }

    @Test
    void shouldReadDumpsOfOlderVersions() throws IOException {
        Path file = dump.resolve(Dump.MANIFEST);
        String older = Files.readString(file).replaceAll("\\s*\"bytes\" : \\d+,", "");
        assertThat(older).doesNotContain("bytes");
        Files.writeString(file, older);
        assertThat(replay(dump).exitCode()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no JSON",
                "null",
                "[]",
                "7",
                "{",
                "\u0000",
                "{\"format\":\"votelog-dump/2\"}",
                "{\"format\":\"votelog-dump/1\"}",
                "{\"format\":\"votelog-dump/1\",\"source\":\"x\"}",
                "{\"format\":\"votelog-dump/1\",\"files\":null}",
                "{\"format\":\"votelog-dump/1\",\"files\":{}}",
                "{\"format\":\"votelog-dump/1\",\"files\":[null]}",
                "{\"format\":\"votelog-dump/1\",\"counted\":{},\"files\":[]}",
                "{\"format\":\"votelog-dump/1\",\"counted\":{\"group\":\"x\",\"offsets\":{\"-1\":null}},\"files\":[]}",
                "{\"format\":\"votelog-dump/1\",\"merged\":{},\"files\":[]}",
                "{\"format\":\"votelog-dump/1\",\"merged\":{\"group\":\"x\",\"ballots\":{\"y\":null}},\"files\":[]}",
                "{\"format\":\"votelog-dump/1\",\"merged\":{\"group\":\"x\",\"ballots\":{\"y\":{\"0\":null}}},\"files\":[]}",
                "{\"format\":\"votelog-dump/1\",\"files\":[{}]}",
                "{\"format\":\"votelog-dump/1\",\"files\":[{\"topic\":\"votelog.votes.v1\",\"partition\":\"x\"}]}",
                "{\"format\":\"votelog-dump/1\",\"files\":[{\"topic\":\"votelog.votes.v1\",\"partition\":0,\"begin\":0,"
                        + "\"end\":9e99,\"records\":1,\"file\":\"x\",\"sha256\":\"\"}]}",
                "{\"format\":\"votelog-dump/1\",\"files\":[{\"topic\":\"votelog.votes.v1\",\"partition\":0,\"begin\":0,"
                        + "\"end\":-1,\"records\":1,\"file\":\"x\",\"sha256\":\"\"}]}",
                "{\"format\":\"votelog-dump/1\",\"files\":[{\"topic\":\"votelog.votes.v1\",\"partition\":0,\"begin\":0,"
                        + "\"end\":1,\"records\":1,\"file\":\"../../etc/passwd\",\"sha256\":\"\"}]}",
                "{\"format\":\"votelog-dump/1\",\"files\":[{\"topic\":\"votelog.votes.v1\",\"partition\":0,\"begin\":0,"
                        + "\"end\":1,\"records\":1,\"file\":\"\\u0000\",\"sha256\":\"\"}]}",
                "{\"format\":\"votelog-dump/1\",\"files\":[{\"topic\":\"votelog.votes.v1\",\"partition\":0,\"begin\":0,"
                        + "\"end\":1,\"records\":1,\"file\":\"none\",\"sha256\":\"\"}]}"
            })
    void shouldRefuseWhatIsNoManifest(String text) throws IOException {
        Files.writeString(dump.resolve(Dump.MANIFEST), text);
        assertRefused(replay(dump), "");
    }

    @Test
    void shouldRefuseOnePartitionNamedTwice() throws IOException {
        Path file = dump.resolve(Dump.MANIFEST);
        Files.writeString(file, Files.readString(file).replace("\"partition\" : 1", "\"partition\" : 0"));
        assertRefused(replay(dump), "as another one is");
    }

    @ParameterizedTest
    @ValueSource(strings = {"manifest.json", "votelog.votes.v1-0.records"})
    void shouldReadNothingThatHasNoEnd(String name) throws Exception {
        Path file = dump.resolve(name);
        Files.delete(file);
        Files.createSymbolicLink(file, Path.of("/dev/zero"));
        assertRefused(replay(dump), name);
        Files.delete(file);
        assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor())
                .isZero();
        assertRefused(replay(dump), name);
        Files.delete(file);
        Files.createDirectory(file);
        assertRefused(replay(dump), name);
    }

    @Test
    void shouldRefuseAFileOfAnotherLength() throws IOException {
        Path file = dump.resolve(VOTES);
        long bytes = Files.size(file);
        try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
            // Sparse: nobody has so much, and nobody reads it.
            channel.position(1L << 40).write(StandardCharsets.UTF_8.encode("x"));
        }
        assertRefused(replay(dump), VOTES, "is damaged", "1,099,511,627,777 bytes", "names %,d".formatted(bytes));
    }

    /** What is behind the length that a file had when it was opened is not read. */
    @Test
    void shouldReadAFileThatGrowsAsLongAsItWas() throws IOException {
        Path file = Files.write(dir.resolve("growing"), new byte[100]);
        try (var in = InputFile.open(file)) {
            Files.write(file, new byte[50], StandardOpenOption.APPEND);
            assertThat(in.readAllBytes()).hasSize(100);
            assertThat(in.read()).isNegative();
        }
        assertThatThrownBy(() -> InputFile.bytes(file, 149)).hasMessageContaining("longer than 149 bytes");
        assertThat(InputFile.bytes(file, 150)).hasSize(150);
    }

    /** Every other file that the commands read is refused in the same way. */
    @Test
    void shouldReadNoEndlessFileWhateverItIsFor() throws Exception {
        Path zero = Files.createSymbolicLink(dir.resolve("zero"), Path.of("/dev/zero"));
        Path pipe = dir.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Path tree = Files.createDirectories(dir.resolve("log/verdicts"));
        Files.createSymbolicLink(tree.resolve("checkpoint"), zero);
        String key = TestSealedLog.vkeys();
        String receipt = "A".repeat(43);
        for (Path endless : List.of(zero, pipe)) {
            for (Object[] words : new Object[][] {
                {"replay", "--dump", dump, "--public-key-file", endless},
                {"replay", "--dump", dump, "--expect", endless},
                {"replay", "--bootstrap-servers", "localhost:1", "--command-config", endless},
                {"what-if", "--dump", dump, "--public-key", TestLog.publicKey(), "--ballot", endless},
                {"digest", endless},
                {"equivocation", endless, endless, "--log-key", key},
                {"equivocation", endless, endless, "--policy", endless},
                {"verify-receipt", receipt, endless, endless, "--log-key", key},
                {"verify", "--log", dir.resolve("log"), "--log-key", key, "--policy", endless},
                {"verify", "--log", dir.resolve("log"), "--log-key", key, "--state", endless},
                {"seal", "--bootstrap-servers", "localhost:1", "--log", dir.resolve("x"), "--key", endless}
            }) {
                CommandRun run = assertTimeoutPreemptively(AT_ONCE, () -> CommandRun.of(words));
                assertRefused(run, endless + " is no regular file");
            }
        }
        CommandRun run = assertTimeoutPreemptively(
                AT_ONCE, () -> CommandRun.of("verify", "--log", dir.resolve("log"), "--log-key", key));
        assertThat(run.exitCode()).isNotZero();
        assertThat(run.out() + run.err()).contains("checkpoint is no regular file");
    }
}
