// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.ClassesShouldConjunction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * {@code rules <- schemas <- {producer, streams-app, auditor} <- infra} and no other arrow, and what keeps a verdict a function
 * of the log. The modules' classes are read from where the compiler puts them: the apps' jars keep theirs where no class path
 * looks.
 */
class ArchitectureTest {
    private static final List<String> MODULES = List.of(
            "rules",
            "web",
            "schemas",
            "producer",
            "streams-app",
            "auditor",
            "infra/broker",
            "infra/testing",
            "infra/system",
            "infra/local");

    private static final String RULES = "io.votelog.rules..";
    private static final String EVENTS = "io.votelog.events..";
    private static final String SCHEMAS = "io.votelog.schemas..";
    private static final String WEB = "io.votelog.web..";
    private static final String PRODUCER = "io.votelog.producer..";
    private static final String STREAMS = "io.votelog.streams..";
    private static final String TOPOLOGY = "io.votelog.streams.topology..";
    private static final String AUDITOR = "io.votelog.auditor..";
    private static final String INFRA = "io.votelog.infra..";
    private static final String BROKER = "io.votelog.infra.broker..";

    private static JavaClasses votelog;

    @BeforeAll
    static void read() {
        List<Path> classes = MODULES.stream()
                .map(module -> Path.of("../..", module, "target/classes"))
                .filter(Files::exists)
                .toList();
        votelog = new ClassFileImporter().importPaths(classes);
    }

    @Test
    void shouldHaveReadEveryModule() {
        Stream.of(RULES, EVENTS, SCHEMAS, PRODUCER, STREAMS, TOPOLOGY, AUDITOR, BROKER)
                .forEach(part -> assertThat(votelog.that(resideInAnyPackage(part)))
                        .as(part)
                        .isNotEmpty());
    }

    @Test
    void rulesShouldKnowNothingButTheLanguage() {
        check(classes()
                .that()
                .resideInAPackage(RULES)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(RULES, "java..", "org.jspecify.."));
    }

    @Test
    void schemasShouldKnowOnlyTheRules() {
        check(onlyOurs(new String[] {EVENTS, SCHEMAS}, RULES, EVENTS, SCHEMAS));
    }

    @Test
    void theWebPartsShouldKnowOnlyTheRules() {
        check(onlyOurs(new String[] {WEB}, RULES, WEB));
    }

    @Test
    void theProducerShouldKnowOnlyRulesSchemasAndWeb() {
        check(onlyOurs(new String[] {PRODUCER}, RULES, EVENTS, SCHEMAS, WEB, PRODUCER));
    }

    @Test
    void theStreamsAppShouldKnowOnlyRulesSchemasAndWeb() {
        check(onlyOurs(new String[] {STREAMS}, RULES, EVENTS, SCHEMAS, WEB, STREAMS));
    }

    @Test
    void theAuditorShouldKnowOnlyRulesAndSchemas() {
        check(onlyOurs(new String[] {AUDITOR}, RULES, EVENTS, SCHEMAS, AUDITOR));
    }

    @Test
    void theBrokerShouldKnowNothingOfOurs() {
        check(onlyOurs(new String[] {BROKER}, BROKER));
    }

    @Test
    void nothingShouldKnowInfra() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage(INFRA)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(INFRA));
    }

    @Test
    void noVerdictShouldDependOnAClockOrOnChance() {
        check(noClasses()
                .that()
                .resideInAnyPackage(RULES, TOPOLOGY)
                .and(DescribedPredicate.not(named("EmitTimer")))
                .should()
                .accessTargetWhere(clockOrChance())
                .because("every verdict and every count is a function of the log alone; a timer says when to emit"));
    }

    @Test
    void decidingShouldNotBeScheduled() {
        check(noClasses()
                .that(named("DecideProcessor", "BallotRows", "BallotRow", "VoterRow"))
                .should()
                .callMethodWhere(calls("schedule", owner -> owner.startsWith("org.apache.kafka.")))
                .because("a punctuator may say when to emit, never decide"));
    }

    /** Names of stores are constants that the compiler copies, so the writers are told by the calls that write. */
    @Test
    void onlyProcessorsAndWhatTheyOwnShouldWriteStores() {
        check(noClasses()
                .that()
                .resideInAPackage(STREAMS)
                .and(DescribedPredicate.not(named(
                        "DecideProcessor",
                        "BallotRows",
                        "VotersPosition",
                        "TallyProcessor",
                        "BallotTally",
                        "BallotTurnout",
                        "MergeProcessor",
                        "ResultsStoreProcessor",
                        "TurnoutStoreProcessor",
                        "BallotsStoreProcessor")))
                .should()
                .callMethodWhere(calls(
                        "put|putIfAbsent|putAll|delete",
                        owner -> owner.startsWith("org.apache.kafka.streams.state."))));
    }

    @Test
    void pollsShouldBeWrittenByDecideAlone() {
        check(onlyCalledFrom("BallotRows", ".*", "DecideProcessor"));
    }

    @Test
    void votersShouldBeWrittenByDecideAlone() {
        check(onlyCalledFrom("VoterRow", "encode|withAccepted|withRefused", "DecideProcessor"));
        check(onlyCalledFrom("VotersPosition", "decided", "DecideProcessor"));
    }

    @Test
    void partitionTalliesShouldBeWrittenByTallyAlone() {
        check(onlyCalledFrom("BallotTally", ".*", "TallyProcessor"));
        check(onlyCalledFrom("BallotTurnout", ".*", "BallotTally"));
        check(onlyCalledFrom("PartitionPosition", "after|encode", "TallyProcessor"));
    }

    /** Fails too where nobody calls it: then the rule looks for what is no more. */
    private static ArchRule onlyCalledFrom(String type, String methods, String user) {
        DescribedPredicate<JavaAccess<?>> call =
                calls(methods, owner -> owner.equals("io.votelog.streams.topology." + type));
        assertThat(votelog.that(named(user)).stream()
                        .flatMap(using -> using.getMethodCallsFromSelf().stream())
                        .filter(call))
                .as("calls of %s from %s", type, user)
                .isNotEmpty();
        return noClasses()
                .that()
                .resideInAPackage(STREAMS)
                .and(DescribedPredicate.not(named(type, user)))
                .should()
                .callMethodWhere(call);
    }

    /** Classes of the topology with these names, and those inside them. */
    private static DescribedPredicate<JavaClass> named(String... names) {
        return DescribedPredicate.describe("named " + String.join(", ", names), type -> Stream.of(names)
                .map("io.votelog.streams.topology."::concat)
                .anyMatch(name -> type.getName().equals(name) || type.getName().startsWith(name + "$")));
    }

    private static DescribedPredicate<JavaAccess<?>> calls(String methods, Predicate<String> ownerName) {
        return DescribedPredicate.describe(
                "call " + methods,
                access -> access.getTarget().getName().matches(methods)
                        && ownerName.test(access.getTargetOwner().getName()));
    }

    /** Whatever else of the world they use, of ours only these. */
    private static ClassesShouldConjunction onlyOurs(String[] of, String... allowed) {
        return noClasses()
                .that()
                .resideInAnyPackage(of)
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("io.votelog..").and(DescribedPredicate.not(resideInAnyPackage(allowed))));
    }

    private static DescribedPredicate<JavaAccess<?>> clockOrChance() {
        return DescribedPredicate.describe("reads a clock or throws dice", access -> {
            String owner = access.getTargetOwner().getFullName();
            String name = access.getTarget().getName();
            return switch (owner) {
                case "java.lang.System" -> name.equals("currentTimeMillis") || name.equals("nanoTime");
                case "java.lang.Math", "java.lang.StrictMath" -> name.equals("random");
                case "java.util.UUID" -> name.equals("randomUUID");
                case "java.util.Random",
                        "java.util.SplittableRandom",
                        "java.security.SecureRandom",
                        "java.util.concurrent.ThreadLocalRandom",
                        "java.time.Clock" -> true;
                case "java.util.Date", "java.util.GregorianCalendar" -> name.equals("<init>");
                default ->
                    (owner.startsWith("java.time.") && name.equals("now"))
                            || name.equals("currentSystemTimeMs")
                            || name.equals("currentStreamTimeMs");
            };
        });
    }

    private static void check(ArchRule rule) {
        rule.check(votelog);
    }
}
