// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.load;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server of some lines: each connection has a thread, each request an answer that the test makes up. */
final class TinyServer implements AutoCloseable {
    private final ServerSocket socket;
    private final Answering answering;
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    /** What is answered; null closes the connection instead. */
    interface Answering {
        String answer(String head) throws InterruptedException;
    }

    TinyServer(Answering answering) throws IOException {
        this.answering = answering;
        socket = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        thread(() -> {
            while (!socket.isClosed()) {
                try {
                    Socket connection = socket.accept();
                    open.add(connection);
                    thread(() -> serve(connection));
                } catch (IOException e) {
                    return;
                }
            }
        });
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }

    static String response(int status, String body) {
        return "HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s".formatted(status, body.length(), body);
    }

    private static void thread(Runnable body) {
        Thread thread = new Thread(body, "tiny-server");
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(connection.getInputStream());
            while (true) {
                StringBuilder head = new StringBuilder();
                while (head.indexOf("\r\n\r\n") < 0) {
                    int next = in.read();
                    if (next < 0) {
                        return;
                    }
                    head.append((char) next);
                }
                int at = head.indexOf("Content-Length: ") + 16;
                in.readNBytes(Integer.parseInt(head.substring(at, head.indexOf("\r\n", at))));
                String answer = answering.answer(head.toString());
                if (answer == null) {
                    return;
                }
                connection.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException | InterruptedException e) {
            // The client is gone, or the test is over.
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
            for (Socket connection : open) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
