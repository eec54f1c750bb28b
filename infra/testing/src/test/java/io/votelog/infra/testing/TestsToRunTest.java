// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TestsToRunTest {
    private final Properties before = new Properties();

    @BeforeEach
    void keepProperties() {
        before.putAll(System.getProperties());
        System.clearProperty(WholeSystemCondition.NAMED);
        System.clearProperty(TestsToRun.PROPERTY);
    }

    @AfterEach
    void putPropertiesBack() {
        System.setProperties(before);
    }

    @Test
    void shouldRunOutsideOfMaven() {
        assertThat(disabledWith(Map.of())).isEmpty();
    }

    @Test
    void shouldRunWhereTheBuildStartsWholeSystems() {
        assertThat(disabledWith(Map.of(TestsToRun.PROPERTY, "all"))).isEmpty();
    }

    @Test
    void shouldBeLeftOutWithTheCommandThatRunsIt() {
        assertThat(disabledWith(Map.of(TestsToRun.PROPERTY, TestsToRun.USUAL)))
                .hasValueSatisfying(why -> assertThat(why).contains("./mvnw verify -Pall"));
    }

    @Test
    void shouldRunWhereItsTestsAreNamed() {
        assertThat(disabledWith(
                        Map.of(TestsToRun.PROPERTY, TestsToRun.USUAL, WholeSystemCondition.NAMED, "SomeIT,OtherIT")))
                .isEmpty();
    }

    @Test
    void shouldBeInOneOfThreeShares() {
        List<String> shares = List.of("1/3", "2/3", "3/3");
        assertThat(shares.stream().filter(share -> disabledWith(Map.of(TestsToRun.PROPERTY, share))
                        .isEmpty()))
                .hasSize(1);
        assertThat(disabledWith(Map.of(TestsToRun.PROPERTY, "1/1"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"4/3", "0/3", "1/0", "third", "1/3/3", ""})
    void shouldRefuseAShareThatThereIsNot(String share) {
        assertThatThrownBy(() -> disabledWith(Map.of(TestsToRun.PROPERTY, share)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("-Dtests=%s is neither usual, all nor a share such as 2/3", share);
    }

    @Test
    void shouldDrawFromAQuarterOfTheSeedsUnlessAllAreAskedFor() {
        assertThat(Seeds.upTo(60).count()).isEqualTo(60);
        System.setProperty(TestsToRun.PROPERTY, TestsToRun.USUAL);
        assertThat(Seeds.upTo(60).count()).isEqualTo(15);
        assertThat(Seeds.upTo(3).count()).isEqualTo(1);
    }

    private static Optional<String> disabledWith(Map<String, String> properties) {
        properties.forEach(System::setProperty);
        ConditionEvaluationResult result = WholeSystemCondition.evaluate(TestsToRunTest.class);
        return result.isDisabled() ? result.getReason() : Optional.empty();
    }
}
