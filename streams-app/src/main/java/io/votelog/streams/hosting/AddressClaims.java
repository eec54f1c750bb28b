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
 * Finds out, from the members of the counting application's consumer group, whether another instance has this one's address.
 * The client id of each member holds its instance's address and that instance's public key. Kafka Streams takes two instances
 * with one address for the same instance.
 */
final class AddressClaims {
    /**
     * An address counts as contested after this time: a process that was killed and started again is a member twice until its
     * first session has timed out.
     */
    static final Duration SURE_AFTER = Duration.ofSeconds(15);

    /** Older builds had a random UUID of 32 hexadecimal digits where newer ones have a key. */
    private static final int UUID_DIGITS = 32;

    private static final Pattern MEMBER = Pattern.compile(
            "(.*)\\.([0-9a-f]{" + UUID_DIGITS + "}|" + InstanceKeys.KEY_PATTERN + ")-StreamThread-\\d+-consumer");

    private final String prefix;
    private final String claim;
    private final String key;
    private final Map<String, Long> othersSince = new HashMap<>();

    /** @param key the public key of this process, see {@link InstanceKeys#key} */
    AddressClaims(String applicationId, HostInfo address, String key) {
        this.prefix = applicationId + ".";
        this.claim = prefix + InstanceKeys.nameOf(address);
        this.key = key;
    }

    /** The client id of this instance. */
    String clientId() {
        return claim + "." + key;
    }

    /**
     * The public keys of the members, each with the part of the client id that names the address. Members of builds without
     * keys are left out.
     *
     * @param members client ids of the group's present members
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
     * Whether another process has claimed this address for {@link #SURE_AFTER} or longer.
     *
     * @param members client ids of the group's present members
     * @param nanos now, by {@link System#nanoTime()}
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
