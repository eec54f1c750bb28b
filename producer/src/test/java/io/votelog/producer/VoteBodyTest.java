package io.votelog.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VoteBodyTest {
    @Test
    void shouldReadTheChoicesAsTheyWereSent() {
        assertThat(choices("{\"choices\": [\"25\", \"01\", \"25\"]}")).containsExactly("25", "01", "25");
        assertThat(choices("{\"choices\": []}")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|it is empty",
                "[]|it is no object",
                "null|it is no object",
                "{}|the field 'choices' is missing",
                "{\"choices\": null}|the field 'choices' is no array",
                "{\"choices\": \"01\"}|the field 'choices' is no array",
                "{\"choices\": [1]}|choices[0] is no string",
                "{\"choices\": [\"01\", [\"02\"]]}|choices[1] is no string",
                "{\"choices\": [\"01\"], \"choices\": [\"02\"]}|the field 'choices' stands twice",
                "{\"choices\": [\"01\"], \"voter\": \"bob\"}|it has an unknown field 'voter'",
                "{\"choices\": [\"01\"]} x|not well-formed JSON",
                "{\"choices\": [\"01\"]} {}|something follows the object",
                "{\"choices\": [\"01\"|not well-formed JSON",
                "{\"choices\": [\"01\",]}|not well-formed JSON",
                "[[[[[[[[[[|it is no object",
                "{\"choices\": [[[[[[[|choices[0] is no string"
            })
    void shouldSayWhatIsWrongWithAnythingElse(String body, String detail) {
        assertThatThrownBy(() -> choices(body == null ? "" : body))
                .isInstanceOfSatisfying(ProblemException.class, refused -> {
                    assertThat(refused.problem().status()).isEqualTo(400);
                    assertThat(refused.problem().code()).isEqualTo("malformed-request");
                    assertThat(refused.problem().detail()).contains(detail);
                });
    }

    @Test
    void shouldRefuseBytesThatAreNoUtf8() {
        assertThatThrownBy(() -> VoteBody.choices("{\"choices\": [\"é\"]}".getBytes(StandardCharsets.ISO_8859_1)))
                .isInstanceOf(ProblemException.class);
    }

    private static List<String> choices(String body) {
        return VoteBody.choices(body.getBytes(StandardCharsets.UTF_8));
    }
}
