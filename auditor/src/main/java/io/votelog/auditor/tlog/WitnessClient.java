package io.votelog.auditor.tlog;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.function.LongFunction;

/** Asks a witness to cosign (C2SP tlog-witness). Used by one thread. */
public final class WitnessClient {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int LONGEST = 64 << 10;
    private static final int CONFLICT = 409;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final Policy.Witness witness;
    private final URI address;
    private long known;

    /**
     * Asks nothing yet.
     *
     * @throws TlogException when the policy names no address of it, or one that is none
     */
    public WitnessClient(Policy.Witness witness) {
        this.witness = witness;
        String url = witness.url()
                .orElseThrow(() -> new TlogException("witness %s has no address".formatted(witness.name())));
        try {
            this.address = URI.create(url.endsWith("/") ? url + "add-checkpoint" : url + "/add-checkpoint");
        } catch (IllegalArgumentException e) {
            throw new TlogException("witness %s: '%s' is no address".formatted(witness.name(), url), e);
        }
    }

    /**
     * Has a checkpoint cosigned.
     *
     * @param checkpoint as the log signed it
     * @param consistency gives the consistency proof from a size to this checkpoint's
     * @return the witness's line, verified
     * @throws TlogException when it does not answer, or not with a cosignature that holds
     */
    public String cosign(SignedNote checkpoint, LongFunction<List<byte[]>> consistency) {
        long size = Checkpoint.parse(checkpoint.text()).size();
        HttpResponse<InputStream> answer = post(checkpoint, known, consistency);
        String body = body(answer);
        if (answer.statusCode() == CONFLICT) {
            known = number(body);
            if (known > size) {
                throw new TlogException("witness %s has cosigned %d leaves, and is asked for %d"
                        .formatted(witness.name(), known, size));
            }
            answer = post(checkpoint, known, consistency);
            body = body(answer);
        }
        if (answer.statusCode() != 200) {
            throw new TlogException("witness %s answers %d: %s"
                    .formatted(
                            witness.name(),
                            answer.statusCode(),
                            body.lines().findFirst().orElse("")));
        }
        for (String line : body.lines().toList()) {
            SignedNote cosigned = new SignedNote(checkpoint.text(), List.of(SignedNote.Signature.parse(line)));
            if (witness.key().cosigned(cosigned).isPresent()) {
                known = size;
                return line + "\n";
            }
        }
        throw new TlogException("witness %s answers without a cosignature that holds".formatted(witness.name()));
    }

    private HttpResponse<InputStream> post(SignedNote checkpoint, long from, LongFunction<List<byte[]>> consistency) {
        StringBuilder request = new StringBuilder("old %d\n".formatted(from));
        consistency.apply(from).forEach(hash -> request.append(
                        Base64.getEncoder().encodeToString(hash))
                .append('\n'));
        request.append('\n').append(new String(checkpoint.bytes(), StandardCharsets.UTF_8));
        try {
            return http.send(
                    HttpRequest.newBuilder(address)
                            .timeout(PATIENCE)
                            .POST(BodyPublishers.ofString(request.toString()))
                            .build(),
                    BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw new TlogException("witness %s does not answer: %s".formatted(witness.name(), e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TlogException("interrupted", e);
        }
    }

    private String body(HttpResponse<InputStream> answer) {
        try (InputStream body = answer.body()) {
            byte[] bytes = body.readNBytes(LONGEST + 1);
            if (bytes.length > LONGEST) {
                throw new TlogException(
                        "witness %s answers with more than %d bytes".formatted(witness.name(), LONGEST));
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new TlogException("witness %s does not answer to the end: %s".formatted(witness.name(), e), e);
        }
    }

    private long number(String body) {
        String text = body.strip();
        if (!text.matches("0|[1-9][0-9]{0,17}")) {
            throw new TlogException("witness %s answers 409 without the size that it has".formatted(witness.name()));
        }
        return Long.parseLong(text);
    }
}
