// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseReaderTest {
    private static final byte[] OFFSET = "\"offset\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VOTE_ID = "\"voteId\"".getBytes(StandardCharsets.US_ASCII);
    private static final String ACCEPTED =
            "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\ncontent-length: 45\r\n\r\n"
                    + "{\"voteId\":\"abc-1\",\"partition\":3,\"offset\":987}";
    private static final String REFUSED =
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 49\r\nConnection: close\r\n\r\n"
                    + "{\"type\":\"urn:votelog:problem:overloaded\",\"a\":\"b\"}";
    private static final String CHUNKED = "HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "b\r\n{\"voteId\":\"\r\n17\r\nxyz\",\"offset\":12345678}\r\n0\r\n\r\n";
    private static final String EMPTY = "HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n";

    private static List<String> read(String stream, Random cuts) {
        List<String> seen = new ArrayList<>();
        ResponseReader reader = new ResponseReader();
        byte[] bytes = stream.getBytes(StandardCharsets.US_ASCII);
        int at = 0;
        while (at < bytes.length) {
            int length = Math.min(bytes.length - at, 1 + cuts.nextInt(1 + cuts.nextInt(200)));
            reader.read(
                    Unpooled.wrappedBuffer(bytes, at, length),
                    response -> seen.add("%d %s %d %s %s"
                            .formatted(
                                    response.status(),
                                    response.text(VOTE_ID),
                                    response.number(OFFSET),
                                    response.problemCode(),
                                    response.close())));
            at += length;
        }
        return seen;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldReadResponsesHoweverTheyAreCut(long seed) {
        String stream = (ACCEPTED + REFUSED + EMPTY + CHUNKED).repeat(50);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            expected.addAll(List.of(
                    "202 abc-1 987  false", "503  -1 overloaded true", "204  -1  false", "202 xyz 12345678  false"));
        }
        assertThat(read(stream, new Random(seed))).as("seed %d", seed).isEqualTo(expected);
    }

    @Test
    void shouldTellOfNothingBeforeItIsWhole() {
        for (String response : List.of(ACCEPTED, REFUSED, CHUNKED)) {
            for (int length = 0; length < response.length(); length++) {
                assertThat(read(response.substring(0, length), new Random(length)))
                        .as("%d bytes of %s", length, response)
                        .isEmpty();
            }
        }
    }

    @Test
    void shouldRefuseWhatIsNoResponse() {
        assertThatThrownBy(() -> read("SSH-2.0-OpenSSH_9.2p1 Debian\r\n", new Random(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no HTTP response");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldReadLinesHoweverTheyAreCut(long seed) {
        StringBuilder body = new StringBuilder();
        List<Integer> expected = new ArrayList<>();
        Random random = new Random(seed);
        String lines = "";
        for (int i = 1; i <= 300; i++) {
            int status = List.of(202, 422, 503).get(random.nextInt(3));
            expected.add(status);
            lines += "{\"line\":%d,\"status\":%d,\"problem\":{\"status\":%d}}\n".formatted(i, status, 999);
        }
        for (int at = 0; at < lines.length(); ) {
            int length = Math.min(lines.length() - at, 1 + random.nextInt(300));
            body.append(Integer.toHexString(length))
                    .append("\r\n")
                    .append(lines, at, at + length)
                    .append("\r\n");
            at += length;
        }
        byte[] bytes = ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body + "0\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        List<Integer> seen = new ArrayList<>();
        NdjsonAnswers answers = new NdjsonAnswers(seen::add);
        for (int at = 0; at < bytes.length; ) {
            int length = Math.min(bytes.length - at, 1 + random.nextInt(100));
            assertThat(answers.ended()).isFalse();
            answers.read(Unpooled.wrappedBuffer(bytes, at, length));
            at += length;
        }
        assertThat(answers.ended()).isTrue();
        assertThat(answers.status()).isEqualTo(200);
        assertThat(seen).as("seed %d", seed).isEqualTo(expected);
    }
}
