// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How a cluster keeps strangers out. Every connection is TLS. Clients and brokers log in with a user and a password
 * (SCRAM-SHA-512), and the controller knows the brokers by their certificate. A user may do what an ACL allows, and nothing else;
 * the brokers and the administrator may do everything.
 *
 * @param identity a PEM file with a private key and its certificates, which all nodes present; it must be good for 127.0.0.1, as a
 *     server and as a client
 * @param authority a PEM file with the certificates of whoever issued it
 * @param nodes whom the brokers log in as to one another
 * @param administrator who makes topics, users and ACLs
 */
public record BrokerSecurity(Path identity, Path authority, Credentials nodes, Credentials administrator) {
    private static final String MECHANISM = "SCRAM-SHA-512";
    private static final String PROTOCOLS = "TLSv1.3,TLSv1.2";

    public BrokerSecurity {
        identity = identity.toAbsolutePath();
        authority = authority.toAbsolutePath();
    }

    /**
     * What a client of such a cluster is configured with, its address aside.
     *
     * @param authority a PEM file with the certificates of whoever issued the brokers'
     * @param user whom the client logs in as
     */
    public static Map<String, String> clientSettings(Path authority, Credentials user) {
        Map<String, String> settings = clientSettings(authority);
        settings.put("sasl.jaas.config", user.loginModule());
        return settings;
    }

    /** The same, without a user. */
    public static Map<String, String> clientSettings(Path authority) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("security.protocol", "SASL_SSL");
        settings.put("sasl.mechanism", MECHANISM);
        settings.put("ssl.truststore.type", "PEM");
        settings.put("ssl.truststore.location", authority.toAbsolutePath().toString());
        return settings;
    }

    Map<String, String> administratorSettings() {
        return clientSettings(authority, administrator);
    }

    /** What Kafka's storage tool is told when it formats a node: the users who are there from the beginning. */
    String[] formatArguments() {
        return new String[] {"--add-scram", scram(nodes), "--add-scram", scram(administrator)};
    }

    private static String scram(Credentials user) {
        return "%s=[name=%s,password=%s]".formatted(MECHANISM, user.user(), user.password());
    }

    /**
     * The settings of a node.
     *
     * @param listener the name of the listener for clients and brokers
     */
    Map<String, String> settings(String listener) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("listener.security.protocol.map", listener + ":SASL_SSL,CONTROLLER:SSL");
        settings.put("ssl.keystore.type", "PEM");
        settings.put("ssl.keystore.location", identity.toString());
        settings.put("ssl.truststore.type", "PEM");
        settings.put("ssl.truststore.location", authority.toString());
        settings.put("ssl.enabled.protocols", PROTOCOLS);
        settings.put("listener.name.controller.ssl.client.auth", "required");
        settings.put("sasl.enabled.mechanisms", MECHANISM);
        settings.put("sasl.mechanism.inter.broker.protocol", MECHANISM);
        settings.put(
                "listener.name.%s.scram-sha-512.sasl.jaas.config".formatted(listener.toLowerCase(Locale.ROOT)),
                nodes.loginModule());
        // A client logs in again while it is connected, so a password that is no longer good ends within this time.
        settings.put("connections.max.reauth.ms", "600000");
        settings.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        settings.put("allow.everyone.if.no.acl.found", "false");
        settings.put("super.users", "User:%s;User:%s;User:%s".formatted(subject(), nodes.user(), administrator.user()));
        return settings;
    }

    /** Whom the certificate names, as Kafka names the user who presents it. */
    private String subject() {
        try {
            return CertificateFile.first(identity).getSubjectX500Principal().getName();
        } catch (IOException e) {
            throw new ChildStartException("the brokers have no certificate: " + e.getMessage(), e);
        }
    }
}
