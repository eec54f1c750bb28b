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
 * How instances know one another. An instance that asks another one for a client says for whom, and proves that it is an instance:
 * else all the clients that come by it would count as one, or a stranger would pass for an instance by a header that anybody can
 * send.
 *
 * <p>Each instance draws a key pair (X25519) when it starts, and the public key is a part of the names of its clients in the group
 * that counts, where the brokers let none but instances be members. Two instances so have a secret that is told to nobody, and what
 * one says to the other is authenticated by it (HMAC-SHA-256). Addresses prove nothing: instances may have the address that clients
 * have, and come from others than they advertise.
 */
public final class InstanceKeys implements MeterBinder {
    /** Says that a request was sent on already, so that two instances that disagree do not send it back and forth. */
    static final String FORWARDED = "Votelog-Forwarded";

    /** In a request: the client's address, the sender's public key and the proof. In the answer: that it was believed. */
    static final String CLIENT = "Votelog-Client";

    static final String BELIEVED = "believed";

    /** How the public key looks in a client's name. */
    public static final String KEY_PATTERN = "[A-Za-z0-9_-]{43}";

    private static final Logger LOG = LoggerFactory.getLogger(InstanceKeys.class);
    private static final String ALGORITHM = "X25519";
    private static final int KEY_BYTES = 32;
    private static final int MAX_VALUE = 160;

    /** A member that is not seen for a moment, since the group is shared out anew, is one still. */
    private static final long REMEMBERED_NANOS = TimeUnit.SECONDS.toNanos(60);

    private record Other(String name, SecretKeySpec secret, long seenNanos) {}

    private final KeyPair own;
    private final byte[] head;
    private final String key;
    private final LongAdder unproven = new LongAdder();
    private final AtomicBoolean said = new AtomicBoolean();
    private volatile Map<String, Other> byKey = Map.of();

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

    /** This instance's public key, as {@value #KEY_PATTERN}. */
    public String key() {
        return key;
    }

    /** An instance's address as a part of its clients' names, which stand in those of threads and of management beans. */
    public static String nameOf(HostInfo host) {
        return (host.host() + ":" + host.port()).replaceAll("[^A-Za-z0-9.-]", "_");
    }

    /**
     * Notes who is a member of the group now; one thread calls it.
     *
     * @param members public keys, with the names that {@link #nameOf} makes
     * @param nanos of now, by {@link System#nanoTime()}
     */
    public void note(Map<String, String> members, long nanos) {
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
     * What tells another instance whose request this is.
     *
     * @return the value of {@value #CLIENT}; nothing when that instance is not known yet
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

    /** Whose request this is, when another instance has proved that it sent it on; what it answers then says that it was believed. */
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

    /** Whether another instance sent this request on, or somebody says so: then it is answered here or not at all. */
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
