package io.votelog.producer;

import io.votelog.rules.Annulment;
import io.votelog.rules.Fault;
import io.votelog.schemas.Receipt;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An annulment in JSON: {@code {"receipt": "…", "reason": "…"}}.
 *
 * @param receipt of the vote that shall no longer count
 * @param reason why, one line of text
 */
record AnnulmentBody(Receipt receipt, String reason) {
    /** The most bytes that it may have. */
    static final int MAX_BYTES = 16 * 1024;

    private static final String FORM =
            "the body must be {\"receipt\": the vote's receipt, \"reason\": 1 to %d characters}: "
                    .formatted(Annulment.MAX_REASON);
    private static final Set<String> FIELDS = Set.of("receipt", "reason");
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(4).build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * The annulment in these bytes.
     *
     * @throws ProblemException 400 when they are of another form, 422 with every fault of what they say
     */
    static AnnulmentBody of(byte[] bytes) {
        JsonNode body = parse(bytes);
        for (String field : body.propertyNames()) {
            if (!FIELDS.contains(field)) {
                throw malformed("it has a field that is neither of these");
            }
        }
        String receipt = text(body, "receipt");
        String reason = text(body, "reason");
        List<Fault> faults = new ArrayList<>();
        Optional<Receipt> parsed = Receipt.parse(receipt);
        if (parsed.isEmpty()) {
            faults.add(new Fault("receipt", "is no receipt; a receipt is 43 characters of base64url"));
        }
        if (!reason.isEmpty() && reason.isBlank()) {
            faults.add(new Fault("reason", "is blank; it must say why the vote is annulled"));
        }
        Annulment.faultOf(reason).ifPresent(fault -> faults.add(new Fault("reason", fault)));
        if (parsed.isEmpty() || !faults.isEmpty()) {
            throw Problem.faultyAnnulment(faults).exception();
        }
        return new AnnulmentBody(parsed.get(), reason);
    }

    private static JsonNode parse(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            JsonNode body = JSON.readTree(text);
            if (!body.isObject()) {
                throw malformed("it is no object");
            }
            return body;
        } catch (CharacterCodingException e) {
            throw malformed("it is not in UTF-8");
        } catch (JacksonException e) {
            throw malformed("it is not well-formed JSON");
        }
    }

    private static String text(JsonNode body, String field) {
        JsonNode value = body.path(field);
        if (!value.isString()) {
            throw malformed("the field '%s' is %s".formatted(field, value.isMissingNode() ? "missing" : "no string"));
        }
        return value.stringValue();
    }

    private static ProblemException malformed(String why) {
        return Problem.malformed(FORM + why).exception();
    }
}
