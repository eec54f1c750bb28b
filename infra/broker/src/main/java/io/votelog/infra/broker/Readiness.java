// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.jspecify.annotations.Nullable;

/** Waits until brokers that are starting are part of their cluster, as the first of them sees it. */
final class Readiness {
    private static final long POLL_MS = 50;
    private static final int ANSWER_TIMEOUT_MS = 3_000;

    private final Map<Integer, Node> starting;
    private final Map<Integer, Integer> ports;
    private final @Nullable Node controller;
    private final Map<String, String> clientSettings;

    /**
     * @param starting the brokers waited for, by id
     * @param ports their ports, by id
     * @param controller the controller where it is a process of its own
     * @param clientSettings how a client is let in
     */
    Readiness(
            Map<Integer, Node> starting,
            Map<Integer, Integer> ports,
            @Nullable Node controller,
            Map<String, String> clientSettings) {
        this.starting = starting;
        this.ports = ports;
        this.controller = controller;
        this.clientSettings = clientSettings;
    }

    /** @throws ChildStartException where a process dies or the time is up */
    void await(Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        // Ports are tried first, since an admin client logs a warning for every failed attempt to connect.
        awaitListening(end, timeout);
        Map<String, Object> config = new HashMap<>(clientSettings);
        config.put(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                ports.values().stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(",")));
        config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_TIMEOUT_MS);
        config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_TIMEOUT_MS);
        config.put(AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        try (Admin admin = Admin.create(config)) {
            while (!seen(admin).containsAll(starting.keySet())) {
                pauseUnlessOver(end, timeout);
            }
        }
    }

    /**
     * Waits until something listens at each of the ports, and for no more.
     *
     * @throws ChildStartException where a process dies or the time is up
     */
    void awaitListening(Duration timeout) {
        awaitListening(System.nanoTime() + timeout.toNanos(), timeout);
    }

    private void awaitListening(long end, Duration timeout) {
        for (int port : ports.values()) {
            while (!listens(port)) {
                pauseUnlessOver(end, timeout);
            }
        }
    }

    private static Set<Integer> seen(Admin admin) {
        try {
            return admin.describeCluster().nodes().get(ANSWER_TIMEOUT_MS, TimeUnit.MILLISECONDS).stream()
                    .map(org.apache.kafka.common.Node::id)
                    .collect(Collectors.toSet());
        } catch (ExecutionException | TimeoutException e) {
            return Set.of();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void pauseUnlessOver(long end, Duration timeout) {
        starting.values().forEach(Readiness::mustLive);
        if (controller != null && controller.started()) {
            mustLive(controller);
        }
        if (System.nanoTime() - end > 0) {
            Node slow = starting.values().iterator().next();
            throw new ChildStartException(
                    slow.child().obituary(slow.name() + " is not ready after " + timeout.toSeconds() + " s"));
        }
        try {
            Thread.sleep(POLL_MS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static void mustLive(Node node) {
        if (!node.running()) {
            throw new ChildStartException(node.child().obituary(node.name() + " died while it started"));
        }
    }

    private static ChildStartException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new ChildStartException("interrupted while brokers started", e);
    }
}
