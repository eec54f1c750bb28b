// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.disk;

import java.io.FileDescriptor;
import java.io.IOException;
import java.io.SyncFailedException;
import java.lang.reflect.Field;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * The two calls by which a broker has a file or a folder synced, each as the JDK has it and noted when it has returned. {@link SyncCalls}
 * has the broker's classes call these.
 */
public final class Syncs {
    private static volatile @Nullable Notes notes;

    private Syncs() {}

    /** Where calls are noted, and how the number of a descriptor is found, which the JDK keeps to itself. */
    private record Notes(SyncRecord record, Field fd, Field channelsFd) {
        int number(FileDescriptor file) {
            try {
                return fd.getInt(file);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }

        int number(FileChannel channel) {
            try {
                return number((FileDescriptor) channelsFd.get(channel));
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /**
     * Has calls noted from now on.
     *
     * @throws ReflectiveOperationException where this JDK's classes are others
     */
    static void noteIn(SyncRecord record) throws ReflectiveOperationException {
        Field fd = FileDescriptor.class.getDeclaredField("fd");
        fd.setAccessible(true);
        Field channelsFd = Class.forName("sun.nio.ch.FileChannelImpl").getDeclaredField("fd");
        channelsFd.setAccessible(true);
        notes = new Notes(record, fd, channelsFd);
    }

    /** {@link FileChannel#force(boolean)}. */
    public static void force(FileChannel channel, boolean metaData) throws IOException {
        Notes into = notes;
        String before = into == null ? null : into.record().look(into.number(channel));
        channel.force(metaData);
        if (into != null && before != null) {
            into.record().covered(before);
        }
    }

    /** {@link FileDescriptor#sync()}. */
    public static void sync(FileDescriptor file) throws SyncFailedException {
        Notes into = notes;
        try {
            String before = into == null ? null : into.record().look(into.number(file));
            file.sync();
            if (into != null && before != null) {
                into.record().covered(before);
            }
        } catch (SyncFailedException e) {
            throw e;
        } catch (IOException e) {
            throw new IllegalStateException("a sync could not be noted", e);
        }
    }
}
