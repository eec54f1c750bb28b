// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing.contract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Makes requests for every operation of a document. They are valid except for odd values of headers and parameters:
 * first each value of each header by itself, at some operation, then random combinations. An operation that is added to
 * the document is covered at once.
 */
public final class OddRequests {
    /** All headers that some part of a server reads. */
    private static final List<String> HEADERS = List.of(
            "Accept",
            "Accept-Charset",
            "Accept-Encoding",
            "Accept-Language",
            "Access-Control-Request-Headers",
            "Access-Control-Request-Method",
            "Authorization",
            "Cache-Control",
            "Content-Encoding",
            "Content-Language",
            "Content-Type",
            "Cookie",
            "Date",
            "Forwarded",
            "From",
            "Host",
            "Idempotency-Key",
            "If-Match",
            "If-Modified-Since",
            "If-None-Match",
            "If-Range",
            "If-Unmodified-Since",
            "Last-Event-ID",
            "Max-Forwards",
            "Origin",
            "Pragma",
            "Prefer",
            "Proxy-Authorization",
            "Range",
            "RateLimit",
            "Referer",
            "Sec-Fetch-Site",
            "Trailer",
            "User-Agent",
            "Via",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "X-Forwarded-Port",
            "X-Forwarded-Prefix",
            "X-Forwarded-Proto",
            "X-HTTP-Method-Override",
            "X-Real-IP");

    /** Headers that say where a request ends, or what follows it. */
    private static final List<String> FRAMING = List.of(
            "Connection: ",
            "Connection: close",
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13",
            "Connection: \"",
            "Upgrade: ",
            "TE: trailers, deflate;q=0.5",
            "TE: \"",
            "Expect: 100-continue",
            "Expect: \"",
            "Expect: 200-ok",
            "Content-Length: ",
            "Content-Length: -1",
            "Content-Length: +1",
            "Content-Length: 1, 1",
            "Content-Length: 1e3",
            "Content-Length: 99999999999999999999",
            "Transfer-Encoding: ",
            "Transfer-Encoding: chunked, chunked",
            "Transfer-Encoding: \"chunked\"",
            "Transfer-Encoding: gzip",
            "Keep-Alive: timeout=-1");

    /** Odd values in ISO 8859-1: each character is one byte on the wire. */
    private static final List<String> VALUES = List.of(
            "",
            "-",
            "_",
            "\"",
            "\"\"",
            "W/",
            "W/\"",
            "w/\"x\"",
            "'x'",
            "*",
            "*/*",
            "*;q=x",
            "/",
            "text/",
            "a/b;c=\"",
            "a/b;c=\"\u00e9\\\"\"",
            "text/csv;q=",
            "application/json;q=2",
            ",",
            ";",
            "=",
            ";;=;,",
            "en;q=0.5;q=0.5",
            "en-",
            "-en",
            "en--us",
            "a-b-c-d-e-f-g-h-i-j",
            "q=1e309",
            "*;q=NaN",
            "gzip;q=-1, br;q=0.00000000001",
            "\\",
            "\"\\\"",
            "(",
            "{}[]<>()@?",
            "\u00e9\u00ff\u0080",
            "\u00ed\u00a0\u0080",
            "\u00c2\u00ad",
            "%",
            "%zz",
            "%00%0d%0a",
            "%f0%9f%98%80",
            "a\tb",
            "\u0001\u007f",
            "99999999999999999999",
            "-9223372036854775809",
            "1-99999999999999999999",
            "0x10",
            "NaN",
            "null",
            "..",
            "Mon, 99 Foo 0000 99:99:99 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "bytes=9-1,--,0-",
            "items=0-18446744073709551616",
            "http://",
            "https://[",
            "https://a b",
            "https://vote.example.org",
            "http://localhost:8081",
            "https://vote.example.org:99999",
            "javascript:1",
            "null, null",
            "[::1",
            "::ffff:1.2.3.4%eth0",
            "999.999.999.999",
            "for=\"[\";proto=\"",
            "for=_x;host=\";by=",
            "Bearer",
            "Bearer a.b.c",
            "Bearer e30.e30.",
            "Basic Og==",
            "wait=99999999999999999999",
            "wait=\"",
            "wait=-1, wait",
            "respond-async;x=\"",
            "a=b; c",
            ",".repeat(7_000),
            "a,".repeat(3_500),
            ";q=0.1,".repeat(1_000),
            "\"".repeat(7_000),
            "(".repeat(7_000),
            "en-".repeat(2_300));

    /**
     * An operation is sent every value for the headers that are described for it, and one value in this many for each
     * other header.
     */
    private static final int ONE_IN = 8;

    private static final int MOST_RANDOM_HEADERS = 5;
    private static final int MOST_RANDOM_PARTS = 6;

    private final Plain plain;
    private final List<OddRequest> requests = new ArrayList<>();
    private int turn;

    /**
     * The values that make a request valid.
     *
     * @param authorization the bearer token's header value
     * @param paths values of the path's parameters, by {@code operationId name} or {@code name}; {@code x} where none
     *     is given
     * @param bodies requests' bodies by operation; an empty JSON object where none is given
     */
    public record Plain(String authorization, Map<String, String> paths, Map<String, String> bodies) {}

    /**
     * An odd request.
     *
     * @param operation the id of the operation
     * @param what describes what is odd about the request
     * @param bytes the bytes of the request
     * @param bodiless whether the answer has no body
     * @param framed whether it is clear where the request ends, so that it must be answered and another may follow
     */
    record OddRequest(String operation, String what, byte[] bytes, boolean bodiless, boolean framed) {}

    private OddRequests(Plain plain) {
        this.plain = plain;
    }

    /**
     * Makes requests with odd values of every header for every operation, and {@code random} requests with random
     * combinations, from a seed.
     */
    static List<OddRequest> of(OpenApi document, Plain plain, long seed, int random) {
        OddRequests all = new OddRequests(plain);
        document.operations().forEach(all::addEveryValue);
        Random chance = new Random(seed);
        for (int i = 0; i < random; i++) {
            all.addRandom(document.operations(), chance);
        }
        return all.requests;
    }

    private void addEveryValue(OpenApi.Operation operation) {
        add(operation, operation.method(), "", List.of(), true);
        for (String header : headers(operation)) {
            values(described(operation, "header").contains(header))
                    .forEach(value -> add(operation, operation.method(), "", List.of(header + ": " + value), true));
            add(operation, operation.method(), "", List.of(header + ": a", header + ": \""), true);
        }
        FRAMING.forEach(header -> add(operation, operation.method(), "", List.of(header), false));
        for (String name : queries(operation)) {
            boolean described = described(operation, "query").contains(name);
            values(described)
                    .forEach(value ->
                            add(operation, operation.method(), "?" + name + "=" + encoded(value), List.of(), true));
            values(false)
                    .forEach(value -> add(operation, operation.method(), "?" + name + "=" + value, List.of(), true));
            add(operation, operation.method(), "?%s&%s=&%s=1&=&&".formatted(name, name, name), List.of(), true);
        }
        if (operation.path().contains("{")) {
            for (String value : values(!operation.method().equals("GET"))) {
                String target =
                        operation.path().replaceAll("\\{[^}]*}", encoded(value).replace("$", "%24"));
                add(operation, operation.method(), target, List.of(), List.of(), true);
            }
        }
    }

    /** All values, or the next ones in turn, so that over all operations each header has had each value. */
    private List<String> values(boolean all) {
        int from = turn++ % ONE_IN;
        return all
                ? VALUES
                : IntStream.range(0, VALUES.size())
                        .filter(i -> i % ONE_IN == from)
                        .mapToObj(VALUES::get)
                        .toList();
    }

    private void addRandom(List<OpenApi.Operation> operations, Random random) {
        OpenApi.Operation operation = any(operations, random);
        String method = operation.method().equals("GET")
                ? any(List.of("GET", "GET", "GET", "HEAD", "OPTIONS"), random)
                : any(List.of(operation.method(), operation.method(), operation.method(), "OPTIONS"), random);
        List<String> lines = new ArrayList<>();
        for (int i = random.nextInt(MOST_RANDOM_HEADERS); i >= 0; i--) {
            lines.add(any(headers(operation), random) + ": " + composed(random));
        }
        List<String> queries = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            queries.add(any(queries(operation), random) + "=" + encoded(composed(random)));
        }
        String query = queries.isEmpty() ? "" : "?" + String.join("&", queries);
        add(operation, method, query, lines, true);
    }

    /** Several values in one, joined as in lists. */
    private static String composed(Random random) {
        StringBuilder value = new StringBuilder();
        for (int i = random.nextInt(MOST_RANDOM_PARTS); i >= 0; i--) {
            String part = any(VALUES, random);
            value.append(part.length() > 100 ? part.substring(0, 20) : part);
            value.append(any(List.of("", ",", ", ", ";", "; q=0.5", "=", "\""), random));
        }
        return value.toString();
    }

    private void add(OpenApi.Operation operation, String method, String query, List<String> odd, boolean framed) {
        String target = operation.path();
        for (OpenApi.Parameter parameter : operation.parameters()) {
            String value = plain.paths()
                    .getOrDefault(
                            operation.id() + " " + parameter.name(),
                            plain.paths().getOrDefault(parameter.name(), "x"));
            target = target.replace("{" + parameter.name() + "}", value);
        }
        add(operation, method, target + query, odd, odd, framed);
    }

    private void add(
            OpenApi.Operation operation,
            String method,
            String target,
            List<String> odd,
            List<String> lines,
            boolean framed) {
        StringBuilder head = new StringBuilder("%s %s HTTP/1.1\r\n".formatted(method, target));
        byte[] body = operation.bodyTypes().isEmpty() || method.equals("OPTIONS")
                ? new byte[0]
                : plain.bodies().getOrDefault(operation.id(), "{}").getBytes(UTF_8);
        List<String> honest = new ArrayList<>(List.of("Host: localhost"));
        if (body.length > 0) {
            honest.add("Content-Type: " + operation.bodyTypes().get(0));
        }
        honest.add("Content-Length: " + body.length);
        honest.add("Authorization: " + plain.authorization());
        honest.add("Accept-Encoding: gzip");
        // A header with an odd value does not also have its valid value.
        honest.removeIf(line -> lines.stream().anyMatch(it -> it.startsWith(line.substring(0, line.indexOf(' ')))));
        Stream.concat(honest.stream(), lines.stream())
                .forEach(line -> head.append(line).append("\r\n"));
        byte[] start = head.append("\r\n").toString().getBytes(ISO_8859_1);
        byte[] bytes = new byte[start.length + body.length];
        System.arraycopy(start, 0, bytes, 0, start.length);
        System.arraycopy(body, 0, bytes, start.length, body.length);
        String what = odd.isEmpty() ? method + " " + target : method + " " + String.join(" and ", odd);
        requests.add(new OddRequest(operation.id(), what, bytes, method.equals("HEAD"), framed));
    }

    private static List<String> headers(OpenApi.Operation operation) {
        return Stream.concat(HEADERS.stream(), described(operation, "header").stream())
                .distinct()
                .toList();
    }

    private static List<String> queries(OpenApi.Operation operation) {
        List<String> described = described(operation, "query");
        return described.isEmpty() ? List.of("x") : described;
    }

    private static List<String> described(OpenApi.Operation operation, String in) {
        return operation.parameters().stream()
                .filter(parameter -> parameter.in().equals(in))
                .map(OpenApi.Parameter::name)
                .toList();
    }

    /** A value encoded for a request line, and cut to fit into it. */
    private static String encoded(String value) {
        String encoded = URLEncoder.encode(value.substring(0, Math.min(400, value.length())), UTF_8);
        return encoded.isEmpty() ? "%20" : encoded;
    }

    private static <T> T any(List<T> all, Random random) {
        return all.get(random.nextInt(all.size()));
    }
}
