// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images.probe;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Asks an app in the same container, at its port for operators, for its health. Exit code 0 where it is well, 1 where it is not. */
public final class HealthProbe {
    private static final int TIMEOUT_MS = 5_000;
    private static final String READINESS = "readiness";

    private HealthProbe() {}

    /** @param args the port, and, where it is not {@code readiness}, the health group that is asked for */
    public static void main(String[] args) {
        if (args.length < 1 || args.length > 2 || !args[0].matches("[0-9]{1,5}")) {
            System.err.println("usage: PORT [readiness|liveness]");
            System.exit(2);
        }
        String answer = answer(Integer.parseInt(args[0]), args.length == 2 ? args[1] : READINESS);
        System.out.println(answer);
        System.exit(isWell(answer) ? 0 : 1);
    }

    /** Whether the app with this port for operators says that it is ready. */
    public static boolean ready(int port) {
        return isWell(answer(port, READINESS));
    }

    /** The status line that it answers with, or why there is none. */
    private static String answer(int port, String group) {
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), TIMEOUT_MS);
            socket.setSoTimeout(TIMEOUT_MS);
            String request = "GET /actuator/health/%s HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n\r\n"
                    .formatted(group, port);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
            return line == null ? "no answer" : line;
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static boolean isWell(String answer) {
        return answer.startsWith("HTTP/1.1 200");
    }
}
