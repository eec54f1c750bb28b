// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.instances;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.votelog.web.limits.IpAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.kafka.streams.state.HostInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;

/**
 * The keys by which instances prove to one another that they are instances. An instance that asks another one on behalf of a
 * client names the client and adds a proof. Without it all clients that come by one instance would count as one client, or a
 * stranger could pass for an instance with a header that anybody can send.
 *
 * <p>Each instance draws a key pair (X25519) when it starts. The public key is a part of its client ids in the counting group,
 * which the brokers let none but instances join. So any two instances share a secret that is never sent, and one authenticates
 * to the other with it (HMAC-SHA-256). Addresses prove nothing: instances may share them with clients, and may connect from
 * other addresses than they advertise.
 */
public final class InstanceKeys implements MeterBinder {
    /** Marks a request as forwarded, so that two instances that disagree about the holder do not send it back and forth. */
    static final String FORWARDED = "Votelog-Forwarded";

    /**
     * The header of introductions. In a request: the client's address, the sender's public key and the proof. In an answer:
     * {@value #BELIEVED}.
     */
    static final String CLIENT = "Votelog-Client";

    static final String BELIEVED = "believed";

    /** The form of the public key in a client id: base64url, 43 characters. */
    public static final String KEY_PATTERN = "[A-Za-z0-9_-]{43}";

    private static final Logger LOG = LoggerFactory.getLogger(InstanceKeys.class);
    private static final String ALGORITHM = "X25519";
    private static final int KEY_BYTES = 32;
    private static final int MAX_VALUE = 160;

    /**
     * A member counts as one for this long after it was last seen, since members are missing for a moment while the group is
     * rebalanced.
     */
    private static final long REMEMBERED_NANOS = TimeUnit.SECONDS.toNanos(60);

    private record Other(String name, SecretKeySpec secret, long seenNanos) {}

    private final KeyPair own;
    private final byte[] head;
    private final String key;
    private final LongAdder unproven = new LongAdder();
    private final AtomicBoolean said = new AtomicBoolean();
    private volatile Map<String, Other> byKey = Map.of();

    /** Draws this instance's key pair, which lives as long as the process. */
    public InstanceKeys() {
        try {
            own = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        byte[] encoded = own.getPublic().getEncoded();
        head = Arrays.copyOf(encoded, encoded.length - KEY_BYTES);
        key = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(Arrays.copyOfRange(encoded, head.length, encoded.length));
    }

    /** This instance's public key, in the form of {@value #KEY_PATTERN}. */
    public String key() {
        return key;
    }

    /**
     * An instance's address in the form that client ids have. Names of threads and of management beans contain client ids, so
     * it has only characters that those allow.
     */
    public static String nameOf(HostInfo host) {
        return (host.host() + ":" + host.port()).replaceAll("[^A-Za-z0-9.-]", "_");
    }

    /**
     * Notes the present members of the group. One thread calls it.
     *
     * @param members public keys, with the names that {@link #nameOf} makes
     * @param nanos now, by {@link System#nanoTime()}
     */
    public void noteMembers(Map<String, String> members, long nanos) {
        Map<String, Other> known = new HashMap<>(byKey);
        known.values().removeIf(other -> nanos - other.seenNanos() > REMEMBERED_NANOS);
        members.forEach((other, name) -> {
            Other before = known.get(other);
            SecretKeySpec secret = before != null ? before.secret() : secretWith(other);
            if (secret != null && !other.equals(key)) {
                known.put(other, new Other(name, secret, nanos));
            }
        });
        byKey = Map.copyOf(known);
    }

    private @Nullable SecretKeySpec secretWith(String other) {
        try {
            byte[] raw = Base64.getUrlDecoder().decode(other);
            byte[] encoded = Arrays.copyOf(head, head.length + raw.length);
            System.arraycopy(raw, 0, encoded, head.length, raw.length);
            PublicKey publicKey = KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(encoded));
            KeyAgreement agreement = KeyAgreement.getInstance(ALGORITHM);
            agreement.init(own.getPrivate());
            agreement.doPhase(publicKey, true);
            return new SecretKeySpec(agreement.generateSecret(), "HmacSHA256");
        } catch (GeneralSecurityException | IllegalArgumentException noKey) {
            LOG.debug("{} is no instance's key", other, noKey);
            return null;
        }
    }

    /**
     * The introduction by which another instance learns whose request this is.
     *
     * @return the value of the header {@value #CLIENT}; empty when that instance is not known yet
     */
    Optional<String> introduction(HostInfo to, IpAddress client, URI request) {
        String name = nameOf(to);
        return byKey.entrySet().stream()
                .filter(other -> other.getValue().name().equals(name))
                .max((a, b) ->
                        Long.compare(a.getValue().seenNanos(), b.getValue().seenNanos()))
                .map(other -> client.text() + " " + key + " "
                        + proof(other.getValue().secret(), key, other.getKey(), client.text(), request));
    }

    /**
     * The client whose request this is, if another instance has forwarded it and proved it; the answer is then marked as
     * believed.
     */
    public Optional<IpAddress> introduced(ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        if (!sentOn(request)) {
            return Optional.empty();
        }
        Optional<IpAddress> client = introduced(request.getHeaders().getFirst(CLIENT), request.getURI());
        if (client.isPresent()) {
            exchange.getResponse().getHeaders().set(CLIENT, BELIEVED);
        } else {
            unproven.increment();
            if (said.compareAndSet(false, true)) {
                LOG.warn(
                        "a request says that another instance has sent it on, and does not prove it: it counts for the address that it comes from. A stranger may have sent it, or an instance that this one does not know yet; further ones are counted (votelog.instances.unproven)");
            }
        }
        return client;
    }

    Optional<IpAddress> introduced(@Nullable String value, URI request) {
        String[] parts = value == null || value.length() > MAX_VALUE ? new String[0] : value.split(" ", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        Other sender = byKey.get(parts[1]);
        if (sender == null) {
            return Optional.empty();
        }
        String right = proof(sender.secret(), parts[1], key, parts[0], request);
        return MessageDigest.isEqual(right.getBytes(US_ASCII), parts[2].getBytes(US_ASCII))
                ? Optional.ofNullable(IpAddress.parse(parts[0]))
                : Optional.empty();
    }

    private static String proof(SecretKeySpec secret, String sender, String receiver, String client, URI request) {
        String said = String.join(
                "\n", sender, receiver, client, request.getRawPath(), String.valueOf(request.getRawQuery()));
        try {
            Mac mac = Mac.getInstance(secret.getAlgorithm());
            mac.init(secret);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(mac.doFinal(said.getBytes(US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Whether the request says that another instance forwarded it: then it is answered here or not at all. Anybody may say so.
     */
    public static boolean sentOn(ServerHttpRequest request) {
        return request.getHeaders().getFirst(FORWARDED) != null;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        FunctionCounter.builder("votelog.instances.unproven", unproven, LongAdder::sum)
                .description("requests that said that another instance had sent them on, and did not prove it")
                .register(registry);
    }
}
