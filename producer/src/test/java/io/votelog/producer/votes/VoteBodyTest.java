// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.producer.auth.TestTokens;
import io.votelog.web.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
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

    /**
     * JSON can escape half of a surrogate pair, and a cut can fall between the halves: neither can be written into an answer.
     */
    @ParameterizedTest
    @CsvSource({
        "\\ud83d, not well-formed",
        "\\ude00\\ud83d, not well-formed",
        "123456789012345678901234567890123456789\\ud83d\\ude00 and more, unknown field"
    })
    void shouldQuoteWholeCharactersOfAFieldThatItDoesNotKnow(String field, String detail) {
        assertThatThrownBy(() -> choices("{\"choices\": [], \"%s\": 1}".formatted(field)))
                .isInstanceOfSatisfying(ProblemException.class, refused -> {
                    assertThat(refused.problem().status()).isEqualTo(400);
                    assertThat(refused.problem().detail().codePoints())
                            .noneMatch(c -> Character.getType(c) == Character.SURROGATE);
                    assertThat(refused.problem().json())
                            .asString(StandardCharsets.UTF_8)
                            .contains(detail);
                });
    }

    @Test
    void shouldRefuseBytesThatAreNoUtf8() {
        assertThatThrownBy(() -> VoteBody.ofBody("{\"choices\": [\"é\"]}".getBytes(StandardCharsets.ISO_8859_1)))
                .isInstanceOf(ProblemException.class);
    }

    @Test
    void shouldReadALineWithItsVoter() {
        String id = "123e4567-e89b-42d3-a456-426614174000";
        VoteBody line = line("{\"voteId\": \"" + id + "\", \"voter\": \"ada\", \"choices\": [\"01\"]}");
        assertThat(line).isEqualTo(new VoteBody(TestTokens.user("ada"), List.of("01"), UUID.fromString(id)));
        assertThat(line("{\"voter\": \"ada\", \"choices\": []}").voteId()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"choices\": []}|the field 'voter' is missing",
                "{\"voter\": \"ada\"}|the field 'choices' is missing",
                "{\"voter\": 7, \"choices\": []}|the field 'voter' is no string",
                "{\"voter\": \"a\\ud800\", \"choices\": []}|the field 'voter' has U+D800 as character 2, half of a surrogate pair",
                "{\"voter\": \" \", \"choices\": []}|the field 'voter' has U+0020 as character 1, white space, at its beginning",
                "{\"voter\": \"\", \"choices\": []}|the field 'voter' must have 1 to 255 characters, and has 0",
                "{\"voter\": \"kim\\ufeff\", \"choices\": []}|the field 'voter' has U+FEFF as character 4, which nobody can see",
                "{\"voter\": \"a\", \"voter\": \"b\", \"choices\": []}|the field 'voter' stands twice",
                "{\"voter\": \"a\", \"choices\": [], \"voteId\": \"1\"}|the field 'voteId' is no UUID",
                "{\"voter\": \"a\", \"choices\": [], \"voteId\": null}|the field 'voteId' is no UUID",
                "{\"voter\": \"a\", \"choices\": []} {}|something follows the object"
            })
    void shouldSayWhatIsWrongWithAnyOtherLine(String line, String detail) {
        assertThatThrownBy(() -> line(line)).isInstanceOfSatisfying(ProblemException.class, refused -> assertThat(
                        refused.problem().detail())
                .startsWith("the line must be ")
                .contains(detail));
    }

    private static VoteBody line(String line) {
        byte[] bytes = (">>" + line + "<<").getBytes(StandardCharsets.UTF_8);
        return VoteBody.ofLine(bytes, 2, bytes.length - 4);
    }

    private static List<String> choices(String body) {
        return VoteBody.ofBody(body.getBytes(StandardCharsets.UTF_8)).choices();
    }
}
