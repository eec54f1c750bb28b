// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.system;

import io.votelog.infra.broker.ChildJvm;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes processes on one machine as good as hosts on a network: what one sends to another can be dropped, packet by packet and in each
 * direction by itself. Each process runs as a user of its own, so that the kernel's filter (nftables) knows whose socket a packet leaves, and
 * each connection is marked with the user who opened it, so that it knows who is answered. Processes of this kind keep the right to
 * read and write all files.
 *
 * <p>It needs root, and a network namespace of the program's own, in which no other program's packets are.
 */
public final class Hosts {
    /** System property: {@code true} where this program runs in a network namespace of its own, with all that this class needs. */
    private static final String OWN_NETWORK = "votelog.chaos.own-network";

    private static final int FIRST_USER = 70_001;
    private static final String RIGHTS = "+dac_override,+fowner";

    private final Map<String, Integer> users = new LinkedHashMap<>();

    /** Whether it can be done where this program runs. */
    public static boolean arePossible() {
        return Boolean.getBoolean(OWN_NETWORK);
    }

    /** No process is one yet. */
    Hosts() {
        nft(List.of(
                "add table inet votelog",
                "add chain inet votelog opened { type filter hook output priority -150; }",
                "add chain inet votelog cut { type filter hook output priority 0; }",
                "add chain inet votelog slowed { type filter hook output priority 10; }"));
    }

    /** Has the process run as a user of its own, the same one at each start. */
    synchronized ChildJvm.Builder named(ChildJvm.Builder process) {
        Integer user = users.get(process.name());
        if (user == null) {
            user = FIRST_USER + users.size();
            users.put(process.name(), user);
            nft(List.of(
                    "add rule inet votelog opened ct state new meta skuid %d ct mark set %d".formatted(user, user)));
        }
        // Without the last option, access(2) would be answered for a user who has none of these rights.
        return process.startedBy(List.of(
                "setpriv",
                "--reuid",
                Integer.toString(user),
                "--inh-caps",
                RIGHTS,
                "--ambient-caps",
                RIGHTS,
                "--securebits",
                "+no_setuid_fixup"));
    }

    /**
     * One direction between two processes.
     *
     * @param from the name of the one that sends
     * @param to the name of the one that gets it
     * @param ports where that one listens
     */
    public record Way(String from, String to, Set<Integer> ports) {}

    /** Drops what is sent these ways, and nothing else, from now on; with none of them everything gets through again. */
    public synchronized void cut(List<Way> ways) {
        have("cut", ways, "drop");
    }

    /** Whether a way can be slowed where this program runs. */
    public static boolean canSlow() {
        try {
            tc("qdisc add dev lo root handle 1: htb default 1");
            tc("qdisc del dev lo root");
            return true;
        } catch (IllegalStateException | UncheckedIOException e) {
            return false;
        }
    }

    /**
     * Sends what is sent these ways, all of it together, no faster than so, and all else as always, from now on.
     *
     * @param kilobits a second
     */
    public synchronized void slow(List<Way> ways, int kilobits) {
        tc("qdisc add dev lo root handle 1: htb default 1");
        tc("class add dev lo parent 1: classid 1:1 htb rate 10gbit");
        tc("class add dev lo parent 1: classid 1:10 htb rate %dkbit burst 2k cburst 2k".formatted(kilobits));
        // A packet is of the class that its priority names.
        have("slowed", ways, "meta priority set 1:10");
    }

    /** Sends everything as fast as it can again. */
    public synchronized void slowNoMore() {
        have("slowed", List.of(), "");
        tc("qdisc del dev lo root");
    }

    /** Has the packets that go these ways, and no others, meet this end in that chain. */
    private void have(String chain, List<Way> ways, String verdict) {
        List<String> rules = new ArrayList<>(List.of("flush chain inet votelog " + chain));
        for (Way way : ways) {
            int from = user(way.from());
            // What it sends over connections that it has opened, and what it answers over the other's.
            rules.add("add rule inet votelog %s meta skuid %d tcp dport { %s } %s"
                    .formatted(
                            chain,
                            from,
                            way.ports().stream().map(String::valueOf).collect(Collectors.joining(", ")),
                            verdict));
            rules.add("add rule inet votelog %s meta skuid %d ct mark %d %s"
                    .formatted(chain, from, user(way.to()), verdict));
        }
        nft(rules);
    }

    private int user(String process) {
        Integer user = users.get(process);
        if (user == null) {
            throw new IllegalStateException(process + " was not started as a host: " + users.keySet() + " were");
        }
        return user;
    }

    private static void tc(String arguments) {
        Tool.run(
                "",
                Stream.concat(Stream.of("tc"), Stream.of(arguments.split(" "))).toList());
    }

    private static void nft(List<String> rules) {
        Tool.run(String.join("\n", rules) + "\n", List.of("nft", "-f", "-"));
    }
}
