package io.votelog.producer;

import io.votelog.web.settings.BadSettingException;
import io.votelog.web.settings.HstsSettings;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * All settings under {@code votelog}. Those of Kafka's clients are under {@code spring.kafka}.
 *
 * @param pepper base64 of at least 32 bytes; the same at every gateway of a log
 * @param log the keys of control records
 * @param auth whose tokens are trusted
 * @param signIn where voters sign in on the ballot page
 * @param dev what only a local system switches on
 * @param topics how topics are created
 * @param publicUrls where the world reaches the two sides
 * @param cors which pages may call from a browser
 * @param hsts for how long browsers shall speak https alone with this side
 * @param limits how many requests a user and a client address may send
 * @param publishTimeout how long a publication waits to be seen ready before it is answered 202
 * @param takeOverAfter how long another gateway's half-done work is left to it
 * @param requestTimeout how long a request may pause while it comes in; altogether it may take three times that
 * @param idleTimeout how long a connection may bring nothing between an answer and the next request
 * @param maxConnections how many clients may be connected at once
 * @param maxVotesUnderWay how many votes may wait for the log's acknowledgement
 * @param maxBytesUnderWay how many bytes they may have
 * @param maxDelay how long the log may take to acknowledge a vote before new ones are turned away
 */
@ConfigurationProperties("votelog")
@Validated
record ProducerSettings(
        @Nullable String pepper,
        @DefaultValue @Valid Log log,
        @DefaultValue @Valid AuthSettings auth,
        @DefaultValue @Valid SignInSettings signIn,
        @DefaultValue @Valid Dev dev,
        @DefaultValue @Valid TopicCreation topics,
        @DefaultValue @Valid Urls publicUrls,
        @DefaultValue @Valid Cors cors,
        @DefaultValue @Valid HstsSettings hsts,
        @DefaultValue @Valid Limits limits,
        @DefaultValue("10s") @DurationMin(millis = 100) Duration publishTimeout,
        @DefaultValue("3s") @DurationMin(millis = 0) Duration takeOverAfter,
        @DefaultValue("10s") @DurationMin(millis = 100) Duration requestTimeout,
        @DefaultValue("75s") @DurationMin(seconds = 1) Duration idleTimeout,
        @DefaultValue("10000") @Min(1) @Max(1_000_000) int maxConnections,
        @DefaultValue("16384") @Min(1) @Max(1_000_000) int maxVotesUnderWay,
        @DefaultValue("16777216") @Min(65536) @Max(50331648) long maxBytesUnderWay,
        @DefaultValue("1s") @DurationMin(millis = 100) Duration maxDelay) {
    ProducerSettings {
        if (dev.tokens()) {
            DevTokenTerms.require(auth, signIn, publicUrls, cors);
        }
        if (signIn.issuer() != null
                && auth.issuer() != null
                && !signIn.issuer().toString().equals(auth.issuer())) {
            throw new BadSettingException(
                    "votelog.sign-in.issuer",
                    signIn.issuer().toString(),
                    "the same as votelog.auth.issuer, %s: else no token from there is trusted"
                            .formatted(auth.issuer()));
        }
    }

    /**
     * The keys of control records.
     *
     * @param privateKey the Ed25519 key that this gateway signs with: base64 of its PKCS #8 form
     * @param publicKeys the keys that are obeyed, each base64 of its 32 raw bytes; one of them belongs to the private key
     */
    record Log(@Nullable String privateKey, @DefaultValue List<String> publicKeys) {
        /** Without the private key. */
        @Override
        public String toString() {
            return "Log[publicKeys=%s]".formatted(publicKeys);
        }
    }

    /**
     * What only a local system switches on.
     *
     * @param tokens whether {@code POST /dev/token} gives anyone a token for any user
     */
    record Dev(@DefaultValue("false") boolean tokens) {}

    /**
     * How topics are created that are missing.
     *
     * @param partitions of the votes topic
     * @param replicas of each partition; -1 for as many as there are brokers, at most 3
     * @param startTimeout how long the start waits for the brokers
     */
    record TopicCreation(
            @DefaultValue("4") @Min(1) @Max(1024) int partitions,
            @DefaultValue("-1") @Min(-1) @Max(9) int replicas,
            @DefaultValue("60s") @DurationMin(seconds = 1) Duration startTimeout) {
        TopicCreation {
            if (replicas == 0) {
                throw new BadSettingException(
                        "votelog.topics.replicas", "0", "1 to 9, or -1 for as many as there are brokers, at most 3");
            }
        }
    }

    /**
     * Where the world reaches the two sides.
     *
     * @param producer this side
     * @param streams the read side
     */
    record Urls(
            @DefaultValue("http://localhost:8080") URI producer, @DefaultValue("http://localhost:8081") URI streams) {
        Urls {
            requireHttp("votelog.public-urls.producer", producer);
            requireHttp("votelog.public-urls.streams", streams);
        }

        private static void requireHttp(String key, URI url) {
            boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (!http || url.getHost() == null || url.getRawQuery() != null || url.getRawFragment() != null) {
                throw new BadSettingException(
                        key,
                        url.toString(),
                        "an http or https URL without query and fragment, such as https://vote.example");
            }
        }
    }

    /**
     * Which pages may call from a browser.
     *
     * @param allowedOrigins such as {@code https://vote.example}; {@code *} for all; none by default
     */
    record Cors(@DefaultValue List<String> allowedOrigins) {
        Cors {
            allowedOrigins = List.copyOf(allowedOrigins);
        }
    }

    /** Without secrets. */
    @Override
    public String toString() {
        return "ProducerSettings[log=%s, auth=%s, signIn=%s, dev=%s, topics=%s, publicUrls=%s, cors=%s, hsts=%s, limits=%s]"
                .formatted(log, auth, signIn, dev, topics, publicUrls, cors, hsts, limits);
    }
}
