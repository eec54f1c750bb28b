// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineSplitterTest {
    private static final int MAX = 20;

    private final LineSplitter splitter = new LineSplitter(MAX);
    private final List<String> lines = new ArrayList<>();

    @Test
    void shouldCutWholeLines() {
        add("one\ntwo\n\nthree");
        assertThat(lines).containsExactly("one", "two", "");
        assertThat(splitter.isEmpty()).isFalse();
        end();
        assertThat(lines).containsExactly("one", "two", "", "three");
        assertThat(splitter.isEmpty()).isTrue();
    }

    @Test
    void shouldTellBlankLines() {
        add(" \t\r\nx\n");
        LineSplitter other = new LineSplitter(MAX);
        other.add(bytes(" \t\r\n x\n"));
        assertThat(other.next()).isTrue();
        assertThat(other.blank()).isTrue();
        assertThat(other.next()).isTrue();
        assertThat(other.blank()).isFalse();
    }

    @Test
    void shouldTellALineThatIsTooLongAndGoOnBehindIt() {
        add("x".repeat(MAX) + "\n" + "y".repeat(MAX + 1) + "\nnext\n");
        assertThat(lines).containsExactly("x".repeat(MAX), "too long", "next");
    }

    @Test
    void shouldHoldNoMoreOfAnEndlessLineThanTheLimit() {
        for (int i = 0; i < 100_000; i++) {
            add("z".repeat(64));
        }
        assertThat(splitter.bytes().length).isLessThan(16 * 1024);
        add("\nafter\n");
        assertThat(lines).containsExactly("too long", "after");
    }

    @Test
    void shouldDropWhatIsNoLine() {
        for (String unfinished : List.of("", "th", "z".repeat(MAX + 1))) {
            LineSplitter broken = new LineSplitter(MAX);
            broken.add(bytes("one\ntwo\n" + unfinished));
            assertThat(broken.next()).isTrue();
            broken.dropUnfinished();
            assertThat(broken.isEmpty()).isFalse();
            assertThat(broken.next()).isTrue();
            assertThat(broken.next()).isFalse();
            broken.dropUnfinished();
            assertThat(broken.isEmpty()).isTrue();
            assertThat(broken.rest()).isFalse();
        }
    }

    /** Of a line that is too long its end is there. */
    @Test
    void shouldKeepTheEndOfALongLine() {
        add("z".repeat(MAX + 1));
        splitter.add(bytes("z\nthr"));
        splitter.dropUnfinished();
        assertThat(splitter.next()).isTrue();
        assertThat(splitter.tooLong()).isTrue();
        assertThat(splitter.isEmpty()).isTrue();
    }

    /** The lines are the same however the bytes are cut into parts. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4711, 20211205})
    void shouldNotDependOnHowTheBytesCome(long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            String line = "abcdefghij".repeat(3).substring(0, random.nextInt(MAX + 5));
            expected.add(line.length() > MAX ? "too long" : line);
            text.append(line).append('\n');
        }
        String whole = text + "rest";
        expected.add("rest");
        for (int at = 0; at < whole.length(); ) {
            int length = Math.min(whole.length() - at, random.nextInt(70));
            add(whole.substring(at, at + length));
            at += length;
        }
        end();
        assertThat(lines).isEqualTo(expected);
    }

    private void add(String part) {
        splitter.add(bytes(part));
        while (splitter.next()) {
            take();
        }
    }

    private void end() {
        while (splitter.rest()) {
            take();
        }
    }

    private void take() {
        lines.add(
                splitter.tooLong()
                        ? "too long"
                        : new String(splitter.bytes(), splitter.offset(), splitter.length(), StandardCharsets.UTF_8));
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }
}
