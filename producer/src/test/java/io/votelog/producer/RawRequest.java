// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** A request as bytes, which is honest until something in it is changed. */
final class RawRequest {
    static final String CHOICES = "{\"choices\": [\"a1\", \"b2\"]}";

    private String line;
    private final List<String> headers = new ArrayList<>();
    private byte[] body;
    private boolean framed;

    private RawRequest(String line, byte[] body) {
        this.line = line;
        this.body = body;
    }

    static RawRequest get(String target) {
        RawRequest request = new RawRequest("GET " + target + " HTTP/1.1", new byte[0]).header("Host: vote.example");
        request.framed = true;
        return request;
    }

    static RawRequest vote(String ballotId, String token, UUID voteId) {
        return new RawRequest("POST /v1/ballots/" + ballotId + "/votes HTTP/1.1", bytes(CHOICES))
                .header("Host: vote.example")
                .header("Authorization: Bearer " + token)
                .header("Content-Type: application/json")
                .header("Idempotency-Key: " + voteId);
    }

    static RawRequest batch(String ballotId, String token, String lines) {
        return new RawRequest("POST /v1/ballots/" + ballotId + "/votes:batch HTTP/1.1", bytes(lines))
                .header("Host: vote.example")
                .header("Authorization: Bearer " + token)
                .header("Content-Type: application/x-ndjson");
    }

    /** A line of a batch. */
    static String line(String voter, UUID voteId) {
        return "{\"voter\": \"%s\", \"choices\": [\"a1\", \"b2\"], \"voteId\": \"%s\"}".formatted(voter, voteId);
    }

    RawRequest method(String method) {
        line = method + line.substring(line.indexOf(' '));
        return this;
    }

    RawRequest target(String target) {
        line = line.substring(0, line.indexOf(' ') + 1) + target + line.substring(line.lastIndexOf(' '));
        return this;
    }

    RawRequest version(String version) {
        line = line.substring(0, line.lastIndexOf(' ') + 1) + version;
        return this;
    }

    boolean isOfVersion(String version) {
        return line.endsWith(version);
    }

    /** Adds a header line, which may hold anything. */
    RawRequest header(String headerLine) {
        headers.add(headerLine);
        return this;
    }

    RawRequest without(String name) {
        headers.removeIf(header -> header.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"));
        return this;
    }

    RawRequest body(byte[] bytes) {
        body = bytes;
        return this;
    }

    RawRequest body(String text) {
        return body(bytes(text));
    }

    /** Frames the body with this header line alone. */
    RawRequest framing(String headerLine) {
        framed = true;
        return header(headerLine);
    }

    /** Sends the body in one chunk. */
    RawRequest chunked() {
        return chunked(chunk(body) + "0\r\n\r\n");
    }

    /** Sends these chunks as the body. */
    RawRequest chunked(String chunks) {
        body = chunks.getBytes(StandardCharsets.ISO_8859_1);
        return framing("Transfer-Encoding: chunked");
    }

    /** The bytes as a chunk, in a string in ISO 8859-1. */
    static String chunk(byte[] bytes) {
        return Integer.toHexString(bytes.length) + "\r\n" + new String(bytes, StandardCharsets.ISO_8859_1) + "\r\n";
    }

    byte[] body() {
        return body;
    }

    String method() {
        return line.substring(0, line.indexOf(' '));
    }

    /** The path of the target, if that has origin form. */
    String path() {
        return line.substring(line.indexOf(' ') + 1, line.lastIndexOf(' ')).replaceAll("[?].*", "");
    }

    byte[] bytes() {
        StringBuilder head = new StringBuilder(line).append("\r\n");
        headers.forEach(header -> head.append(header).append("\r\n"));
        if (!framed) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        all.writeBytes(body);
        return all.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
