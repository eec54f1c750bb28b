// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.registry;

import io.votelog.schemas.Events;
import io.votelog.schemas.Topic;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A schema registry with Confluent's API, asked for the ids of the schemas that a program writes. It is asked and told nothing:
 * {@code schemas/register.py} registers, under the same subjects. The time of all questions together and the length of each answer are bounded.
 */
public final class SchemaRegistry {
    /** How long all questions together may take by default. */
    public static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int LONGEST_ANSWER = 1 << 20;

    /** Of a subject with more versions the newest so many are looked at. */
    private static final int MOST_VERSIONS = 100;

    private static final JsonMapper JSON = new JsonMapper();

    private final String url;
    private final Duration patience;
    private final HttpClient client;

    /** What is asked at the moment, for the message where no answer comes. */
    private volatile String asked = "";

    /**
     * @param url where it answers Confluent's API, without a slash at its end
     * @param patience how long all questions together may take
     */
    public SchemaRegistry(URI url, Duration patience) {
        this.url = url.toString();
        this.patience = patience;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(patience)
                .build();
    }

    /** The subject of an event of a topic: Confluent's {@code TopicRecordNameStrategy}. */
    static String subject(String topic, Schema schema) {
        return topic + "-" + schema.getFullName();
    }

    /**
     * The ids of the schemas with which this build writes the events of these topics.
     *
     * @throws UnfitRegistryException when the registry does not answer in time, answers what no schema registry does, or lacks one of them
     */
    public SchemaIds idsOf(Collection<Topic> topics) {
        CompletableFuture<SchemaIds> found = new CompletableFuture<>();
        Thread asking = new Thread(
                () -> {
                    try {
                        found.complete(ask(topics));
                    } catch (RuntimeException | InterruptedException e) {
                        found.completeExceptionally(e);
                    }
                },
                "schema-registry");
        asking.setDaemon(true);
        asking.start();
        try {
            return found.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new UnfitRegistryException(
                    "%s, and it did not answer whole within %d ms".formatted(asked, patience.toMillis()), e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnfitRegistryException unfit) {
                throw unfit;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnfitRegistryException("interrupted while the schema registry at %s was asked".formatted(url), e);
        } finally {
            asking.interrupt();
        }
    }

    private SchemaIds ask(Collection<Topic> topics) throws InterruptedException {
        Map<String, Map<Long, Integer>> ids = new HashMap<>();
        for (Topic topic : topics) {
            Map<Long, Integer> ofTopic = new HashMap<>();
            for (String event : topic.events()) {
                Schema schema = Events.schema(event);
                ofTopic.put(SchemaNormalization.parsingFingerprint64(schema), id(topic.name(), schema));
            }
            ids.put(topic.name(), ofTopic);
        }
        return SchemaIds.of(ids);
    }

    private int id(String topic, Schema schema) throws InterruptedException {
        String subject = subject(topic, schema);
        String versions = "/subjects/" + subject + "/versions";
        long fingerprint = SchemaNormalization.parsingFingerprint64(schema);
        asked = "the schema registry at %s was asked for %s (fingerprint %s) under the subject %s"
                .formatted(url, schema.getName(), Events.hex(fingerprint), subject);
        JsonNode numbers = get(versions);
        if (numbers != null) {
            for (int number : newestFirst(numbers)) {
                JsonNode version = get(versions + "/" + number);
                if (version == null || fingerprint(version) != fingerprint || !isWritten(version)) {
                    continue;
                }
                int id = intOf(version.path("id")).orElseThrow(() -> strange("a version without an id"));
                // Strangers ask for the schema by the id, so that question is tried too.
                JsonNode byId = get("/schemas/ids/" + id);
                if (byId == null || fingerprint(byId) != fingerprint || !isWritten(byId)) {
                    throw new UnfitRegistryException(
                            "%s, and its id %d is not that schema when it is asked for by the id".formatted(asked, id));
                }
                return id;
            }
        }
        throw new UnfitRegistryException(
                "%s, and does not have it: register it with schemas/register.py --registry %s".formatted(asked, url));
    }

    private List<Integer> newestFirst(JsonNode numbers) {
        if (!numbers.isArray()) {
            throw strange("no list of versions");
        }
        List<Integer> versions = new ArrayList<>();
        for (JsonNode number : numbers) {
            versions.add(intOf(number).orElseThrow(() -> strange("a version that is no number")));
        }
        versions.sort(Comparator.reverseOrder());
        return versions.subList(0, Math.min(versions.size(), MOST_VERSIONS));
    }

    /** A number from 0 to 2^31 - 1. */
    private static OptionalInt intOf(JsonNode node) {
        return node.isInt() && node.intValue() >= 0 ? OptionalInt.of(node.intValue()) : OptionalInt.empty();
    }

    /** Whether a schema is there that can be read; a subject may hold versions of others, in whatever language. */
    private static boolean isWritten(JsonNode version) {
        return version.path("schema").isString();
    }

    private static long fingerprint(JsonNode version) {
        try {
            return SchemaNormalization.parsingFingerprint64(
                    new Schema.Parser().parse(version.path("schema").asString("")));
        } catch (AvroRuntimeException noSchema) {
            return 0;
        }
    }

    /** The answer's JSON; null where there is no such thing. */
    private @Nullable JsonNode get(String path) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                .header("Accept", "application/vnd.schemaregistry.v1+json, application/json")
                .timeout(patience)
                .build();
        int status;
        byte[] body;
        try {
            HttpResponse<InputStream> answer = client.send(request, BodyHandlers.ofInputStream());
            status = answer.statusCode();
            try (InputStream in = answer.body()) {
                body = in.readNBytes(LONGEST_ANSWER + 1);
            }
        } catch (IOException e) {
            throw new UnfitRegistryException("%s, and %s".formatted(asked, why(e)), e);
        }
        if (body.length > LONGEST_ANSWER) {
            throw strange("more than %d bytes".formatted(LONGEST_ANSWER));
        }
        JsonNode json;
        try {
            json = JSON.readTree(body);
        } catch (JacksonException e) {
            throw strange("%d with what is no JSON: is its path right?".formatted(status));
        }
        if (status == 404 && json.has("error_code")) {
            return null;
        }
        if (status != 200) {
            throw strange("%d%s".formatted(status, json.has("error_code") ? "" : ": is its path right?"));
        }
        return json;
    }

    private UnfitRegistryException strange(String answer) {
        return new UnfitRegistryException("%s, and it answered %s".formatted(asked, answer));
    }

    private static String why(IOException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return "no host of that name is known";
            }
        }
        if (failure instanceof HttpTimeoutException) {
            return "it did not answer in time";
        }
        if (failure instanceof ConnectException) {
            return "nobody takes the connection there";
        }
        return "the connection broke off: " + failure.getMessage();
    }
}
