// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.load;

import io.netty.buffer.Unpooled;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** Requests that are the same each time, as bytes. */
public final class PlainRequests {
    private PlainRequests() {}

    /** GETs of these paths in turn, all with the same further header lines, each {@code Name: value}. */
    public static HonestCall.Request gets(URI server, List<String> paths, String... headers) {
        List<byte[]> all =
                paths.stream().map(path -> get(server, path, headers)).toList();
        return (n, allocator) -> Unpooled.wrappedBuffer(all.get(n % all.size()));
    }

    /**
     * A request without a body.
     *
     * @param path with its query
     * @param headers further ones, a line each
     */
    public static byte[] get(URI server, String path, String... headers) {
        return request("GET", server, path, "", headers);
    }

    /** A request with a JSON body. */
    public static byte[] post(URI server, String path, String json, String... headers) {
        return request(
                "POST",
                server,
                path,
                json,
                Stream.concat(
                                Stream.of(headers),
                                Stream.of(
                                        "Content-Type: application/json",
                                        "Content-Length: " + json.getBytes(StandardCharsets.UTF_8).length))
                        .toArray(String[]::new));
    }

    private static byte[] request(String method, URI server, String path, String body, String... headers) {
        StringBuilder text =
                new StringBuilder("%s %s HTTP/1.1\r\nHost: %s\r\n".formatted(method, path, server.getRawAuthority()));
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        return text.append("\r\n").append(body).toString().getBytes(StandardCharsets.UTF_8);
    }
}
