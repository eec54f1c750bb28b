// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.votelog.auditor.CommandRun;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that somebody gives who means no good: each is refused in a line, before anything of it is unpacked. */
class HostileArchiveTest {
    private static final Duration AT_ONCE = Duration.ofSeconds(30);

    @TempDir
    private Path dir;

    private Path work() throws IOException {
        return Files.createDirectories(dir.resolve("work"));
    }

    private void assertRefused(Path file, String... why) throws IOException {
        CommandRun run =
                assertTimeoutPreemptively(AT_ONCE, () -> CommandRun.of("verify-bundle", file, "--work", work()));
        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(2);
        assertThat(run.err())
                .startsWith("The audit could not be run: ")
                .contains(why)
                .doesNotContain("Exception", "io.votelog", "fault of this program");
        assertThat(run.err().lines()).hasSize(1);
        try (Stream<Path> left = Files.list(work())) {
            assertThat(left).as("what is left of it").isEmpty();
        }
        try (Stream<Path> beside = Files.list(dir)) {
            assertThat(beside.map(path -> path.getFileName().toString())).doesNotContain("escaped");
        }
    }

    private Path file(byte[] bytes) throws IOException {
        return Files.write(dir.resolve("hostile.zip"), bytes);
    }

    private Path file(String text) throws IOException {
        return file(text.getBytes(StandardCharsets.UTF_8));
    }

    /** An archive as ours are, with these files. */
    private static byte[] zip(Path dir, Map<String, String> files) throws IOException {
        Path out = Files.createTempDirectory(dir, "made").resolve("made.zip");
        try (ZipWriter zip = new ZipWriter(out, false)) {
            for (Map.Entry<String, String> each : files.entrySet()) {
                zip.add(each.getKey(), ByteBuffer.wrap(each.getValue().getBytes(StandardCharsets.UTF_8)));
            }
            zip.finish();
        }
        byte[] bytes = Files.readAllBytes(out);
        Files.delete(out);
        Files.delete(out.getParent());
        return bytes;
    }

    private byte[] zip(String... names) throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        for (String name : names) {
            files.put(name, "content");
        }
        return zip(dir, files);
    }

    /** The same bytes with each place of one text holding another one of the same length. */
    private static byte[] replaced(byte[] bytes, String from, String to) {
        assertThat(to).hasSameSizeAs(from);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        assertThat(text).contains(from);
        return text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int directory(byte[] bytes) {
        return little(bytes).getInt(bytes.length - 6);
    }

    @Test
    void shouldRefuseWhatIsNoArchive() throws IOException {
        assertRefused(file(""), "is no bundle: it does not end as a ZIP archive");
        assertRefused(file("no archive at all, and longer than the end of one"), "is no bundle");
        assertRefused(dir.resolve("not-there"), "there is no such file");
        assertRefused(Files.createDirectory(dir.resolve("folder")), "it is no regular file");
        assertRefused(Path.of("/dev/zero"), "it is no regular file");
        byte[] random = new byte[100_000];
        new Random(1).nextBytes(random);
        assertRefused(file(random), "is no bundle");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../escaped",
                "/tmp/esca",
                "a/../../es",
                "a\\..\\b.cd",
                "C:/escaped",
                "./escaped.",
                "a//escaped",
                "escaped/..",
                ".hidden.te",
                "new\nline.t",
                "space is.t"
            })
    void shouldRefuseNamesThatMayLeadOutOfTheFolder(String name) throws IOException {
        byte[] bytes =
                replaced(zip("0123456789".substring(0, name.length())), "0123456789".substring(0, name.length()), name);
        assertRefused(file(bytes), "which may lead out of its folder");
    }

    @Test
    void shouldRefuseTwoFilesInOnePlace() throws IOException {
        assertRefused(file(replaced(zip("aaaa", "bbbb"), "bbbb", "aaaa")), "it holds aaaa twice");
        assertRefused(file(zip("aaaa", "AAAA")), "it holds AAAA twice");
        assertRefused(file(zip("aaaa/b", "aaaa")), "aaaa is a file and a folder in it");
        assertRefused(file(zip("aaaa", "aaaa/b")), "aaaa is a file and a folder in it");
    }

    @Test
    void shouldRefuseWhatUnpacksToMore() throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bomb)) {
            zip.putNextEntry(new ZipEntry("MANIFEST.json"));
            byte[] zeros = new byte[1 << 20];
            for (int part = 0; part < 200; part++) {
                zip.write(zeros);
            }
            zip.closeEntry();
        }
        assertThat(bomb.size()).isLessThan(1 << 20);
        assertRefused(file(bomb.toByteArray()), "MANIFEST.json is compressed; a bundle's files are stored as they are");

        // Many entries that share the bytes of one.
        byte[] bytes = zip("aaaa", "bbbb");
        int second = directory(bytes) + ZipWriter.CENTRAL_LENGTH + 4;
        little(bytes).putInt(second + 42, 0);
        assertRefused(file(bytes), "bbbb does not stand behind the file before it");

        byte[] longer = zip("aaaa");
        little(longer).putInt(directory(longer) + 20, 1 << 30).putInt(directory(longer) + 24, 1 << 30);
        assertRefused(file(longer), "aaaa is another file in its place than in the archive's directory");
    }

    @Test
    void shouldRefuseWhatIsNoFile() throws IOException {
        byte[] link = zip("aaaa");
        little(link).putInt(directory(link) + 38, 0xA1FF << 16);
        assertRefused(file(link), "aaaa is no regular file: a link, or something else");
        byte[] encrypted = zip("aaaa");
        little(encrypted).putShort(directory(encrypted) + 8, (short) 1);
        assertRefused(file(encrypted), "aaaa is encrypted");
    }

    /** What one program finds in it, another one must find too. */
    @Test
    void shouldRefuseWhatTwoProgramsReadDifferently() throws IOException {
        byte[] bytes = zip("aaaa", "bbbb");
        byte[] hidden = Arrays.copyOf(bytes, bytes.length);
        hidden[ZipWriter.LOCAL_LENGTH] = 'x';
        assertRefused(file(hidden), "aaaa is another file in its place");
        byte[] before = ByteBuffer.allocate(bytes.length + 4)
                .put(new byte[4])
                .put(bytes)
                .array();
        assertRefused(file(before), "is no bundle");
        byte[] behind = Arrays.copyOf(bytes, bytes.length + 4);
        assertRefused(file(behind), "it does not end as a ZIP archive");
        byte[] fewer = Arrays.copyOf(bytes, bytes.length);
        little(fewer).putShort(bytes.length - 12, (short) 1).putShort(bytes.length - 14, (short) 1);
        assertRefused(file(fewer), "there is more in it than its files");
        byte[] more = Arrays.copyOf(bytes, bytes.length);
        little(more).putShort(bytes.length - 12, (short) 3).putShort(bytes.length - 14, (short) 3);
        assertRefused(file(more), "its directory has fewer files than its end says");
        byte[] parts = Arrays.copyOf(bytes, bytes.length);
        little(parts).putShort(bytes.length - 18, (short) 1);
        assertRefused(file(parts), "it is a part of an archive in several parts");
    }

    @Test
    void shouldRefuseAHundredThousandFiles() throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        for (int number = 0; number < 100_000; number++) {
            files.put("log/f" + number, "");
        }
        assertRefused(file(zip(dir, files)), "it has more than 10,000 files beside those of the sealed log");
        byte[] bytes = zip("aaaa");
        // An end that names more files than any archive of this length has room for.
        ByteBuffer end = ZipWriter.buffer(bytes.length + ZipWriter.END_64_LENGTH + ZipWriter.LOCATOR_64_LENGTH);
        int endAt = bytes.length - ZipWriter.END_LENGTH;
        end.put(bytes, 0, endAt)
                .putInt(ZipWriter.END_64)
                .putLong(ZipWriter.END_64_LENGTH - 12)
                .putInt(0)
                .putInt(0)
                .putInt(0);
        end.putLong(Long.MAX_VALUE)
                .putLong(Long.MAX_VALUE)
                .putLong(endAt - directory(bytes))
                .putLong(directory(bytes));
        end.putInt(ZipWriter.LOCATOR_64).putInt(0).putLong(endAt).putInt(1);
        end.put(bytes, endAt, ZipWriter.END_LENGTH);
        int at = end.capacity() - ZipWriter.END_LENGTH;
        end.putShort(at + 8, (short) -1).putShort(at + 10, (short) -1);
        assertRefused(file(end.array()), "it has more than 400,000 files");
    }

    /** Wherever it is cut, and whichever bit is turned on its way, it is refused or found to be another one. */
    @Test
    void shouldTakeNoPartOfABundleForTheWhole() throws IOException {
        Path bundle = TestVote.honest(dir.resolve("vote"), 1).bundle();
        byte[] bytes = Files.readAllBytes(bundle);
        Random random = new Random(7);
        for (int round = 0; round < 40; round++) {
            assertRefused(file(Arrays.copyOf(bytes, random.nextInt(bytes.length))), "is no bundle");
        }
        for (int round = 0; round < 150; round++) {
            byte[] changed = bytes.clone();
            changed[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            CommandRun run = CommandRun.of("verify-bundle", file(changed), "--work", work());
            assertThat(run.err()).doesNotContain("fault of this program");
            if (run.exitCode() == 0) {
                // The times and versions of entries are nobody's statement, and are not looked at.
                assertThat(new Forger(dir.resolve("hostile.zip")).files)
                        .usingRecursiveComparison()
                        .isEqualTo(new Forger(bundle).files);
            } else {
                assertThat(run.exitCode()).as(run.out() + run.err()).isIn(1, 2);
            }
        }
    }

    @Test
    void shouldTellADamagedFileFromAForgedOne() throws IOException {
        byte[] bytes = zip("MANIFEST.json");
        bytes[ZipWriter.LOCAL_LENGTH + "MANIFEST.json".length()] ^= 1;
        assertRefused(file(bytes), "is damaged: MANIFEST.json has other bytes than its checksum says. Get it again");
        assertRefused(file(zip("other")), "it holds no MANIFEST.json");
        assertRefused(file(zip("MANIFEST.json")), "is no manifest of a bundle");
        for (String manifest : List.of(
                "{}",
                "null",
                "[]",
                "{\"format\":\"votelog-bundle/2\"}",
                "{\"format\":\"votelog-bundle/1\",\"made\":\"x\",\"contents\":\"log\",\"ballots\":[{}],\"files\":[]}",
                "{\"format\":\"votelog-bundle/1\",\"made\":\"x\\n# run this\",\"contents\":\"log\",\"ballots\":[],\"files\":[]}")) {
            assertRefused(file(zip(dir, Map.of("MANIFEST.json", manifest))), "manifest of a bundle");
        }
    }

    /** More files than the small end record can name, which other programs read too. */
    @Test
    void shouldWriteArchivesOfManyFiles() throws IOException {
        Path out = dir.resolve("many.zip");
        try (ZipWriter zip = new ZipWriter(out, false)) {
            for (int number = 0; number < 70_000; number++) {
                zip.add("sealed/votes/tile/f" + number, ByteBuffer.wrap(new byte[] {(byte) number}));
            }
            zip.finish();
        }
        try (ZipListing zip = new ZipListing(out);
                ZipFile other = new ZipFile(out.toFile())) {
            assertThat(zip.entries()).hasSize(70_000);
            assertThat(other.size()).isEqualTo(70_000);
            ZipListing.Entry entry = zip.entries().get(69_999);
            assertThat(zip.open(entry).readAllBytes())
                    .isEqualTo(
                            other.getInputStream(other.getEntry(entry.name())).readAllBytes());
        }
    }
}
