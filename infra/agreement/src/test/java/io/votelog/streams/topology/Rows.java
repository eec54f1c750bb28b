// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** A store in memory that keeps apart what was written since the last commit: that is what its changelog gets with the next one. */
final class Rows implements KeyValueStore<String, byte[]> {
    private final String name;
    private final NavigableMap<String, byte[]> rows = new TreeMap<>();
    private Map<String, byte[]> written = new TreeMap<>();

    Rows(String name) {
        this.name = name;
    }

    /** Has these rows and no others, as after a restore from the changelog. */
    void restore(Map<String, byte[]> committed) {
        rows.clear();
        rows.putAll(committed);
        written.clear();
    }

    /** What was written since the last call. */
    Map<String, byte[]> takeWritten() {
        Map<String, byte[]> taken = written;
        written = new TreeMap<>();
        return taken;
    }

    @Override
    public void put(String key, byte[] value) {
        rows.put(key, value);
        written.put(key, value);
    }

    @Override
    public byte[] putIfAbsent(String key, byte[] value) {
        byte[] standing = rows.get(key);
        if (standing == null) {
            put(key, value);
        }
        return standing;
    }

    @Override
    public void putAll(List<KeyValue<String, byte[]>> entries) {
        entries.forEach(entry -> put(entry.key, entry.value));
    }

    @Override
    public byte[] delete(String key) {
        throw new UnsupportedOperationException("no processor deletes a row of " + name);
    }

    @Override
    public byte[] get(String key) {
        return rows.get(key);
    }

    @Override
    public KeyValueIterator<String, byte[]> range(String from, String to) {
        return iterator(rows.subMap(from, true, to, true));
    }

    @Override
    public KeyValueIterator<String, byte[]> all() {
        return iterator(rows);
    }

    private static KeyValueIterator<String, byte[]> iterator(Map<String, byte[]> rows) {
        Iterator<Map.Entry<String, byte[]>> entries =
                new TreeMap<>(rows).entrySet().iterator();
        return new KeyValueIterator<>() {
            @Override
            public boolean hasNext() {
                return entries.hasNext();
            }

            @Override
            public KeyValue<String, byte[]> next() {
                Map.Entry<String, byte[]> entry = entries.next();
                return new KeyValue<>(entry.getKey(), entry.getValue());
            }

            @Override
            public String peekNextKey() {
                throw new UnsupportedOperationException("nobody asks for the next key alone");
            }

            @Override
            public void close() {
                // There is nothing to close.
            }
        };
    }

    @Override
    public long approximateNumEntries() {
        return rows.size();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        // The rows are here when the processors are.
    }

    @Override
    public void flush() {
        // What is written is written.
    }

    @Override
    public void close() {
        rows.clear();
    }

    @Override
    public boolean persistent() {
        return false;
    }

    @Override
    public boolean isOpen() {
        return true;
    }
}
