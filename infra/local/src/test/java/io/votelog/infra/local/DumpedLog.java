// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** A dump in the hands of somebody who changes it and knows how to hide that: every file has its right hash again. */
final class DumpedLog {
    private static final String MANIFEST = "manifest.json";
    private static final JsonMapper JSON = new JsonMapper();

    private final Path folder;
    private final Map<String, Object> manifest;

    @SuppressWarnings("unchecked")
    private DumpedLog(Path folder) throws IOException {
        this.folder = folder;
        this.manifest = JSON.readValue(Files.readString(folder.resolve(MANIFEST)), LinkedHashMap.class);
    }

    /** A record as it stands in a dump. */
    static final class Entry {
        long offset;
        long timestampMs;
        byte[] key;
        byte[] value;
        final Map<String, byte[]> headers = new LinkedHashMap<>();

        Entry copy() {
            Entry copy = new Entry();
            copy.offset = offset;
            copy.timestampMs = timestampMs;
            copy.key = key;
            copy.value = value;
            copy.headers.putAll(headers);
            return copy;
        }
    }

    /** A copy to be changed. */
    static DumpedLog copy(Path dump, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(dump)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
        return new DumpedLog(to);
    }

    Path folder() {
        return folder;
    }

    /** Takes a partition out of the dump altogether. */
    void forget(String topic, int partition) throws IOException {
        files().removeIf(file ->
                file.get("topic").equals(topic) && file.get("partition").equals(partition));
        write();
    }

    /** What stands in one partition. */
    List<Entry> read(String topic, int partition) throws IOException {
        byte[] bytes = Files.readAllBytes(
                folder.resolve(file(topic, partition).get("file").toString()));
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        List<Entry> entries = new ArrayList<>();
        while (in.available() > 0) {
            Entry entry = new Entry();
            entry.offset = in.readLong();
            entry.timestampMs = in.readLong();
            entry.key = field(in);
            entry.value = field(in);
            int headers = in.readInt();
            for (int i = 0; i < headers; i++) {
                entry.headers.put(new String(field(in), StandardCharsets.UTF_8), field(in));
            }
            entries.add(entry);
        }
        return entries;
    }

    /** Changes what stands in one partition. */
    void change(String topic, int partition, Consumer<List<Entry>> change) throws Exception {
        List<Entry> entries = read(topic, partition);
        change.accept(entries);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        for (Entry entry : entries) {
            out.writeLong(entry.offset);
            out.writeLong(entry.timestampMs);
            field(out, entry.key);
            field(out, entry.value);
            out.writeInt(entry.headers.size());
            for (Map.Entry<String, byte[]> header : entry.headers.entrySet()) {
                field(out, header.getKey().getBytes(StandardCharsets.UTF_8));
                field(out, header.getValue());
            }
        }
        Map<String, Object> file = file(topic, partition);
        Files.write(folder.resolve(file.get("file").toString()), bytes.toByteArray());
        file.put("records", entries.size());
        file.put("bytes", bytes.size());
        file.put("end", entries.isEmpty() ? 0 : entries.get(entries.size() - 1).offset + 1);
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray());
        file.put("sha256", HexFormat.of().formatHex(hash));
        write();
    }

    private void write() throws IOException {
        Files.writeString(folder.resolve(MANIFEST), JSON.writeValueAsString(manifest));
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> files() {
        return (List<Map<String, Object>>) manifest.get("files");
    }

    private Map<String, Object> file(String topic, int partition) {
        return files().stream()
                .filter(file ->
                        file.get("topic").equals(topic) && file.get("partition").equals(partition))
                .findFirst()
                .orElseThrow();
    }

    private static byte[] field(DataInputStream in) throws IOException {
        int length = in.readInt();
        return length < 0 ? null : in.readNBytes(length);
    }

    private static void field(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes == null ? -1 : bytes.length);
        if (bytes != null) {
            out.write(bytes);
        }
    }
}
