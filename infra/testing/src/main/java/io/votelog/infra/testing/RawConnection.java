// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A connection to an HTTP server that sends any bytes at all, half-closes, and reads answers one by one. */
public final class RawConnection implements AutoCloseable {
    /** The longest wait for something that must come, in milliseconds; it allows for a machine under load. */
    private static final int PATIENCE_MS = 20_000;

    private final Socket socket;
    private final InputStream in;

    /**
     * An answer.
     *
     * @param headers by lower-case name; the values of a repeated header are joined with commas
     * @param body without its framing
     */
    public record Answer(int status, Map<String, String> headers, byte[] body) {
        /** The body as UTF-8. */
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        /** A header's value, whatever letters its name is written in; those of several are joined by commas. */
        public Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
        }
    }

    private RawConnection(Socket socket, InputStream in) {
        this.socket = socket;
        this.in = in;
    }

    /** Connects to a port of this machine. */
    public static RawConnection to(int port) {
        return from("127.0.0.1", port);
    }

    /**
     * Connects to a port of this machine from one of its addresses, such as 127.0.0.9. A connection that the server resets as it comes is one
     * that is closed.
     */
    public static RawConnection from(String address, int port) {
        try {
            Socket socket = new Socket();
            socket.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
            if (!connected(socket, new InetSocketAddress("127.0.0.1", port))) {
                return new RawConnection(socket, InputStream.nullInputStream());
            }
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) Duration.ofMillis(PATIENCE_MS).toMillis());
            return new RawConnection(socket, new BufferedInputStream(socket.getInputStream()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** False where the server has reset the connection before this side has seen that it was made. */
    public static boolean connected(Socket socket, InetSocketAddress server) throws IOException {
        try {
            socket.connect(server, PATIENCE_MS);
            return true;
        } catch (SocketException e) {
            if (String.valueOf(e.getMessage()).startsWith("Connection reset")) {
                return false;
            }
            throw e;
        }
    }

    /** Sends text as ISO 8859-1; returns false when the server has closed the connection. */
    public boolean send(String latin1) {
        try {
            socket.getOutputStream().write(latin1.getBytes(StandardCharsets.ISO_8859_1));
            return true;
        } catch (IOException closed) {
            return false;
        }
    }

    /** Half-closes the connection: nothing more is sent. */
    public RawConnection end() {
        try {
            socket.shutdownOutput();
        } catch (IOException closed) {
            // The server has closed the connection already.
        }
        return this;
    }

    /**
     * The next answer; empty when the connection is closed, or reset, instead.
     *
     * @param bodiless whether the answer has no body, as to HEAD
     * @throws UncheckedIOException when neither happens in time, or the connection ends within an answer
     */
    public Optional<Answer> next(boolean bodiless) {
        String first;
        try {
            first = line();
        } catch (java.net.SocketTimeoutException silent) {
            throw new UncheckedIOException(silent);
        } catch (IOException closed) {
            return Optional.empty();
        }
        try {
            int status = Integer.parseInt(first.substring(9, 12));
            Map<String, String> headers = new TreeMap<>();
            for (String header = line(); !header.isEmpty(); header = line()) {
                int colon = header.indexOf(':');
                headers.merge(
                        header.substring(0, colon).toLowerCase(Locale.ROOT),
                        header.substring(colon + 1).strip(),
                        (one, other) -> one + ", " + other);
            }
            boolean none = bodiless || status < 200 || status == 204 || status == 304;
            return Optional.of(new Answer(status, headers, none ? new byte[0] : body(headers)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same as {@link #next(boolean)}, for an answer that may have a body. */
    public Optional<Answer> next() {
        return next(false);
    }

    /** All answers up to the end of the connection, which must come in time. */
    public List<Answer> untilClosed() {
        List<Answer> answers = new ArrayList<>();
        for (Optional<Answer> next = next(); next.isPresent(); next = next()) {
            answers.add(next.get());
        }
        return answers;
    }

    /** The number of bytes up to the end of the connection, which must come in time. */
    public int rest() {
        return restAsText().length();
    }

    /**
     * The bytes up to the end of the connection as text; empty when the connection is reset. The end must come in time.
     */
    public String restAsText() {
        try {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (java.net.SocketTimeoutException silent) {
            throw new UncheckedIOException(silent);
        } catch (IOException reset) {
            return "";
        }
    }

    private byte[] body(Map<String, String> headers) throws IOException {
        if (!"chunked".equals(headers.get("transfer-encoding"))) {
            return exactly(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
            body.write(exactly(size));
            line();
        }
        line();
        return body.toByteArray();
    }

    private byte[] exactly(int size) throws IOException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException();
        }
        return bytes;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException();
            }
            line.append((char) c);
        }
        return line.toString().strip();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // The connection is closed already.
        }
    }
}
