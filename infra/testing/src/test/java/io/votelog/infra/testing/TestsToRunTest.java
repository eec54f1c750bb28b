// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;

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
    void shouldDrawFromAQuarterOfTheSeedsUnlessAllAreAskedFor() {
        assertThat(Seeds.upTo(60).count()).isEqualTo(60);
        System.setProperty(TestsToRun.PROPERTY, TestsToRun.USUAL);
        assertThat(Seeds.upTo(60).count()).isEqualTo(15);
        assertThat(Seeds.upTo(3).count()).isEqualTo(1);
    }

    private static Optional<String> disabledWith(Map<String, String> properties) {
        properties.forEach(System::setProperty);
        ConditionEvaluationResult result = new WholeSystemCondition().evaluateExecutionCondition(null);
        return result.isDisabled() ? result.getReason() : Optional.empty();
    }
}
