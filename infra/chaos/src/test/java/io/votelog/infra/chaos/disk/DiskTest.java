// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What of real files is there again after a loss of power. */
@EnabledOnOs(OS.LINUX)
final class DiskTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // injected
    private Path dir;

    private Path storage;
    private Path record;
    private SyncRecord syncs;

    @BeforeEach
    void begin() throws IOException {
        storage = Files.createDirectory(dir.resolve("storage"));
        record = dir.resolve("record");
        Files.createDirectory(storage.resolve("votes-0"));
        Files.writeString(storage.resolve("meta.properties"), "formatted");
        syncs = SyncRecord.of(storage, record);
    }

    @AfterEach
    void end() throws IOException {
        syncs.close();
    }

    @Test
    void shouldKeepWhatWasThereAtTheBeginningAndNothingThatWasNotSynced() throws IOException {
        Files.writeString(storage.resolve("votes-0/0.log"), "acknowledged");

        Disk.Lost lost = losePower();

        assertThat(storage.resolve("meta.properties")).hasContent("formatted");
        assertThat(storage.resolve("votes-0")).isEmptyDirectory();
        assertThat(lost).isEqualTo(new Disk.Lost(1, "acknowledged".length()));
    }

    @Test
    void shouldKeepAFileUpToWhereItWasSynced() throws IOException {
        Path log = Files.writeString(storage.resolve("votes-0/0.log"), "synced");
        sync(log);
        sync(storage.resolve("votes-0"));
        Files.writeString(log, ", and more", StandardOpenOption.APPEND);

        Disk.Lost lost = losePower();

        assertThat(log).hasContent("synced");
        assertThat(lost).isEqualTo(new Disk.Lost(0, ", and more".length()));
    }

    @Test
    void shouldNotCountWhatIsWrittenWhileASyncIsUnderWay() throws IOException {
        Path log = Files.writeString(storage.resolve("votes-0/0.log"), "before");
        String sync = Objects.requireNonNull(syncs.look(log, log));
        Files.writeString(log, ", meanwhile", StandardOpenOption.APPEND);
        syncs.covered(sync);
        sync(storage.resolve("votes-0"));

        losePower();

        assertThat(log).hasContent("before");
    }

    @Test
    void shouldNotHaveASyncedFileWhoseFolderWasNotSynced() throws IOException {
        Path log = Files.writeString(storage.resolve("votes-0/0.log"), "synced");
        sync(log);

        losePower();

        assertThat(log).doesNotExist();
    }

    @Test
    void shouldHaveAnEmptyFileWhereTheFolderWasSyncedAlone() throws IOException {
        Path log = Files.writeString(storage.resolve("votes-0/0.log"), "not synced");
        sync(storage.resolve("votes-0"));

        losePower();

        assertThat(log).isEmptyFile();
    }

    @Test
    void shouldNotHaveAFolderThatIsUnknownToTheOneAboveIt() throws IOException {
        Path partition = Files.createDirectory(storage.resolve("votes-1"));
        Path log = Files.writeString(partition.resolve("0.log"), "synced");
        sync(log);
        sync(partition);

        losePower();

        assertThat(partition).doesNotExist();
    }

    @Test
    void shouldUndoAReplacementUntilTheFolderIsSynced() throws IOException {
        replace("checkpoint", "first");
        sync(storage);
        replace("checkpoint", "second");

        losePower();

        assertThat(storage.resolve("checkpoint")).hasContent("first");
    }

    @Test
    void shouldKeepAReplacementWhenTheFolderIsSynced() throws IOException {
        replace("checkpoint", "first");
        sync(storage);
        replace("checkpoint", "second");
        sync(storage);

        losePower();

        assertThat(storage.resolve("checkpoint")).hasContent("second");
        assertThat(storage.resolve("checkpoint.tmp")).doesNotExist();
    }

    @Test
    void shouldBringBackADeletedFileUntilTheFolderIsSynced() throws IOException {
        Files.delete(storage.resolve("meta.properties"));

        losePower();

        assertThat(storage.resolve("meta.properties")).hasContent("formatted");
    }

    @Test
    void shouldGoOnWithTheRecordOfAProcessThatWasKilledAlone() throws IOException {
        Path log = Files.writeString(storage.resolve("votes-0/0.log"), "not synced");
        syncs.close();
        syncs = SyncRecord.of(storage, record);

        losePower();

        assertThat(log).doesNotExist();
    }

    @Test
    void shouldBeginAnewWithWhatTheDiskHad() throws IOException {
        Path log = Files.writeString(storage.resolve("votes-0/0.log"), "written back");
        for (int times = 0; times < 40; times++) {
            syncs.writeBackSome(storage, new Random(times));
        }
        losePower();
        syncs = SyncRecord.of(storage, record);
        Files.writeString(log, ", not synced", StandardOpenOption.APPEND);

        losePower();

        assertThat(log).hasContent("written back");
    }

    @Test
    void shouldTakeALineThatAKillHasCutForNone() throws IOException {
        Path log = Files.writeString(storage.resolve("votes-0/0.log"), "synced");
        sync(log);
        sync(storage.resolve("votes-0"));
        Files.writeString(
                SyncRecord.lines(record),
                "F\t" + Files.getAttribute(log, "unix:ino") + "\t",
                UTF_8,
                StandardOpenOption.APPEND);

        losePower();

        assertThat(log).hasContent("synced");
    }

    @Test
    void shouldHaveNoIndex() throws IOException {
        Path index = Files.writeString(storage.resolve("votes-0/0.index"), "synced");
        sync(index);
        sync(storage.resolve("votes-0"));

        Disk.Lost lost = losePower();

        assertThat(index).doesNotExist();
        assertThat(lost).isEqualTo(new Disk.Lost(0, 0));
    }

    /** As Kafka's checkpoints are written. */
    private void replace(String name, String content) throws IOException {
        Path written = Files.writeString(storage.resolve(name + ".tmp"), content);
        sync(written);
        Files.move(written, storage.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private void sync(Path path) throws IOException {
        syncs.covered(Objects.requireNonNull(syncs.look(path, path)));
    }

    private Disk.Lost losePower() throws IOException {
        syncs.close();
        return Disk.putBack(storage, record);
    }
}
