// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import io.votelog.streams.read.instances.InstanceKeys;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.streams.state.HostInfo;

/**
 * Whether another instance is called by this one's address, as the members of the group that counts say: the name of each
 * client holds its instance's address and a key that no other process has. Kafka Streams itself takes two instances of one
 * address for one.
 */
final class AddressClaims {
    /** A process that was killed and started again is a member twice until its first session has timed out. */
    static final Duration SURE_AFTER = Duration.ofSeconds(15);

    /** Builds of before keys had random marks. */
    private static final int UUID_DIGITS = 32;

    private static final Pattern MEMBER = Pattern.compile(
            "(.*)\\.([0-9a-f]{" + UUID_DIGITS + "}|" + InstanceKeys.KEY_PATTERN + ")-StreamThread-\\d+-consumer");

    private final String prefix;
    private final String claim;
    private final String key;
    private final Map<String, Long> othersSince = new HashMap<>();

    /** @param key that no other process has: its {@link InstanceKeys#key} */
    AddressClaims(String applicationId, HostInfo address, String key) {
        this.prefix = applicationId + ".";
        this.claim = prefix + InstanceKeys.nameOf(address);
        this.key = key;
    }

    /** What this instance calls its clients. */
    String clientId() {
        return claim + "." + key;
    }

    /**
     * The marks that are keys, with the address that each stands behind.
     *
     * @param members names of the clients that are members of the group now
     */
    Map<String, String> keys(Collection<String> members) {
        Map<String, String> keys = new HashMap<>();
        for (String member : members) {
            Matcher name = MEMBER.matcher(member);
            if (name.matches()
                    && name.group(1).startsWith(prefix)
                    && name.group(2).length() > UUID_DIGITS) {
                keys.put(name.group(2), name.group(1).substring(prefix.length()));
            }
        }
        return keys;
    }

    /**
     * Whether another process claims the address, and did not begin to just now.
     *
     * @param members names of the clients that are members of the group now
     * @param nanos of now, by {@link System#nanoTime()}
     */
    boolean contested(Collection<String> members, long nanos) {
        Set<String> others = new HashSet<>();
        for (String member : members) {
            Matcher name = MEMBER.matcher(member);
            if (name.matches() && name.group(1).equals(claim) && !name.group(2).equals(key)) {
                others.add(name.group(2));
            }
        }
        othersSince.keySet().retainAll(others);
        others.forEach(other -> othersSince.putIfAbsent(other, nanos));
        return othersSince.values().stream().anyMatch(since -> nanos - since >= SURE_AFTER.toNanos());
    }
}
