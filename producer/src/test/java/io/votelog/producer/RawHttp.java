// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.testing.RawConnection;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** A client that sends any bytes, and reads answers strictly. */
final class RawHttp implements AutoCloseable {
    /** How long to wait for an answer that must come; a machine under load may need it. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final int MAX_BODY = 64 * 1024 * 1024;

    private final Socket socket;
    private final InputStream in;

    /**
     * An answer.
     *
     * @param headers by lower-case name; the values of a repeated header are joined by commas
     */
    record Answer(int status, Map<String, String> headers, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        JsonNode json() {
            return Gateway.JSON.readTree(body);
        }

        Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
        }

        /** The code of the problem; empty when the answer is none. */
        String code() {
            return header("Content-Type")
                                    .filter("application/problem+json"::equals)
                                    .isPresent()
                            && body.length > 0
                    ? json().path("type").stringValue().replace("urn:votelog:problem:", "")
                    : "";
        }

        /** Status and code, such as {@code 400 malformed-request}, or the status alone. */
        String summary() {
            return (status + " " + code()).strip();
        }
    }

    /** The connection was closed within an answer. */
    static final class BrokenOffException extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        BrokenOffException(Throwable cause) {
            super("the connection was closed within an answer", cause);
        }
    }

    /** Neither an answer came nor a close. */
    static final class SilenceException extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        SilenceException(Duration patience, Throwable cause) {
            super("neither an answer nor a close within " + patience, cause);
        }
    }

    private RawHttp(Socket socket, InputStream in) {
        this.socket = socket;
        this.in = in;
    }

    static RawHttp to(URI gateway) {
        return from(null, gateway);
    }

    /** A client that connects from this address of the machine; null for the address that the system chooses. */
    static RawHttp from(InetAddress own, URI gateway) {
        try {
            Socket socket = new Socket();
            socket.bind(new InetSocketAddress(own, 0));
            if (!RawConnection.connected(socket, new InetSocketAddress(gateway.getHost(), gateway.getPort()))) {
                return new RawHttp(socket, InputStream.nullInputStream());
            }
            socket.setTcpNoDelay(true);
            return new RawHttp(socket, new BufferedInputStream(socket.getInputStream()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A client on a connection that is open already. */
    static RawHttp on(Socket socket) {
        try {
            return new RawHttp(socket, new BufferedInputStream(socket.getInputStream()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Sends bytes; false when the other side has closed the connection. */
    boolean send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return true;
        } catch (IOException closed) {
            return false;
        }
    }

    boolean send(String latin1) {
        return send(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Half-closes the connection: nothing more will be sent. */
    void end() {
        try {
            socket.shutdownOutput();
        } catch (IOException closed) {
            // The other side has closed the connection already.
        }
    }

    /** The next answer, which must come. */
    Answer answer() {
        return next(PATIENCE, false)
                .orElseThrow(() -> new AssertionError("the connection was closed without an answer"));
    }

    /** The next answer to a request whose answer has no body (HEAD). */
    Answer bodiless() {
        return next(PATIENCE, true)
                .orElseThrow(() -> new AssertionError("the connection was closed without an answer"));
    }

    /** The next answer; empty when the connection is closed instead. Fails when neither happens. */
    Optional<Answer> next() {
        return next(PATIENCE, false);
    }

    /**
     * The next answer; empty when the connection is closed instead.
     *
     * @throws SilenceException when neither happens in time
     */
    Optional<Answer> next(Duration patience) {
        return next(patience, false);
    }

    /** All answers up to the connection's close, which must come. */
    List<Answer> untilClosed() {
        List<Answer> answers = new ArrayList<>();
        for (Optional<Answer> next = next(); next.isPresent(); next = next()) {
            answers.add(next.get());
        }
        return answers;
    }

    /** All bytes up to the connection's close, which must come. */
    byte[] rest() {
        try {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            return in.readNBytes(MAX_BODY);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("not closed within " + PATIENCE, e);
        } catch (IOException reset) {
            return new byte[0];
        }
    }

    private Optional<Answer> next(Duration patience, boolean bodiless) {
        try {
            socket.setSoTimeout((int) patience.toMillis());
            String line = line(true);
            if (line == null) {
                return Optional.empty();
            }
            assertThat(line).matches("HTTP/1\\.[01] [1-5][0-9][0-9] .*");
            int status = Integer.parseInt(line.substring(9, 12));
            Map<String, String> headers = new TreeMap<>();
            for (String header = line(false); !header.isEmpty(); header = line(false)) {
                assertThat(header).matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+:[ \\t]*[^\\x00-\\x08\\x0a-\\x1f\\x7f]*");
                int colon = header.indexOf(':');
                headers.merge(
                        header.substring(0, colon).toLowerCase(Locale.ROOT),
                        header.substring(colon + 1).strip(),
                        (one, other) -> one + ", " + other);
            }
            boolean none = bodiless || status < 200 || status == 204 || status == 304;
            return Optional.of(new Answer(status, headers, none ? new byte[0] : body(headers)));
        } catch (SocketTimeoutException e) {
            throw new SilenceException(patience, e);
        } catch (EOFException e) {
            throw new BrokenOffException(e);
        } catch (IOException reset) {
            return Optional.empty();
        }
    }

    /** The whole body, as the headers delimit it. */
    private byte[] body(Map<String, String> headers) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if ("chunked".equals(headers.get("transfer-encoding"))) {
            assertThat(headers).doesNotContainKey("content-length");
            for (int size = chunkSize(); size > 0; size = chunkSize()) {
                body.write(exactly(size));
                assertThat(line(false)).isEmpty();
            }
            assertThat(line(false)).isEmpty();
        } else if (headers.containsKey("content-length")) {
            body.write(exactly(Integer.parseInt(headers.get("content-length"))));
        } else {
            body.write(in.readNBytes(MAX_BODY));
        }
        return body.toByteArray();
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(line(false), 16);
    }

    private byte[] exactly(int size) throws IOException {
        assertThat(size).isBetween(0, MAX_BODY);
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException();
        }
        return bytes;
    }

    private String line(boolean mayEnd) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); ; c = in.read()) {
            if (c < 0) {
                if (mayEnd && line.isEmpty()) {
                    return null;
                }
                throw new EOFException();
            }
            if (c == '\n') {
                assertThat(line).endsWith("\r");
                return line.substring(0, line.length() - 1);
            }
            line.append((char) c);
            assertThat(line.length()).isLessThan(16 * 1024);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed.
        }
    }
}
