// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What keeps a verdict a function of the log, each store with one writer, and a bad setting from being told late. A class that is nested in
 * another, or anonymous, counts as that other one.
 */
class ArchitectureTest {
    private static final String RULES = "io.votelog.rules..";
    private static final String STREAMS = "io.votelog.streams..";
    private static final String TOPOLOGY = "io.votelog.streams.topology..";
    private static final String PRODUCER = "io.votelog.producer..";
    private static final String WEB = "io.votelog.web..";

    /** The class of the topology that reads the clock, to say when what was counted is sent. */
    private static final String TIMER = "io.votelog.streams.topology.EmitTimer";

    /** The class of the topology that draws a number: the key of its hashes, which say where in memory a row is found. */
    private static final String INDEX = "io.votelog.streams.topology.voters.RowIndex";

    /** The method by which a class of the topology becomes the bytes of a row. */
    private static final String ENCODE = "encode";

    private static final JavaClasses votelog = Modules.all().classes();

    @Test
    void noVerdictShouldDependOnAClockOrOnChance() {
        check(noClasses()
                .that()
                .resideInAnyPackage(RULES, TOPOLOGY)
                .and(DescribedPredicate.not(named(TIMER, INDEX)))
                .should()
                .accessTargetWhere(clockOrChance())
                .because("every verdict and every count is a function of the log alone; a timer says when to emit"));
    }

    @Test
    void onlyTheTimerShouldBeScheduled() {
        assertThat(accesses(schedules()))
                .as("what the timer asks Kafka Streams for")
                .isNotEmpty();
        check(noClasses()
                .that(DescribedPredicate.not(named(TIMER)))
                .should()
                .callMethodWhere(schedules())
                .because("a punctuator may say when to emit, never decide"));
    }

    @Test
    void decidingShouldNotBeScheduled() {
        Set<String> deciding = topology()
                .filter(type -> type.getDirectDependenciesFromSelf().stream()
                        .anyMatch(use ->
                                use.getTargetClass().getName().matches("io\\.votelog\\.rules\\.(Decision|Annulment)")))
                .map(Modules::topLevel)
                .collect(Collectors.toSet());
        assertThat(deciding)
                .as("classes of the topology that ask the rules for verdicts")
                .isNotEmpty();
        check(noClasses()
                .that(named(deciding.toArray(String[]::new)))
                .should()
                .dependOnClassesThat(named(TIMER))
                .because("a verdict is made where the record is read; a timer only sends what was counted"));
    }

    @Test
    void onlyTheTopologyShouldWriteStores() {
        check(noClasses()
                .that()
                .resideInAPackage(STREAMS)
                .and()
                .resideOutsideOfPackage(TOPOLOGY)
                .should()
                .callMethodWhere(writesOfStores())
                .because("a store is written by the processor that owns it"));
    }

    /**
     * A class that puts rows into a store is a processor, or belongs to one: nobody else makes it or calls it, save for what it offers to
     * all as public and static. A class that is a row is encoded by one processor, or what belongs to that one, and read by everybody.
     */
    @Test
    void eachStoreShouldBeWrittenByTheProcessorThatOwnsIt() {
        Set<String> processors = topology()
                .filter(type -> type.isAssignableTo("org.apache.kafka.streams.processor.api.Processor"))
                .map(Modules::topLevel)
                .collect(Collectors.toSet());
        Set<String> writers = accesses(writesOfStores())
                .map(access -> Modules.topLevel(access.getOriginOwner()))
                .filter(writer -> !processors.contains(writer))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> rows = topology()
                .filter(type -> type.getMethods().stream()
                        .anyMatch(method -> method.getName().equals(ENCODE)))
                .map(Modules::topLevel)
                .filter(row -> !processors.contains(row) && !writers.contains(row))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(writers).as("classes that write a store for a processor").isNotEmpty();
        assertThat(rows).as("classes that are rows of a store").isNotEmpty();

        Map<String, Set<String>> users = new TreeMap<>();
        writers.forEach(writer -> users.put(writer, usersOf(writer, access -> !isPublicAndStatic(access.getTarget()))));
        rows.forEach(row -> users.put(
                row, usersOf(row, access -> access.getTarget().getName().equals(ENCODE))));
        Map<String, Set<String>> wrong = new TreeMap<>();
        users.forEach((part, using) -> {
            Set<String> owners = owners(using, users);
            if (owners.size() != 1 || !processors.containsAll(owners)) {
                wrong.put(part, using);
            }
        });
        assertThat(wrong)
                .as(
                        "Classes that write a store, or are its rows, with those that make or call them: that may be one processor, or what"
                                + " belongs to that one. Let the processor that owns the store do the writing.")
                .isEmpty();
    }

    @Test
    void everySettingOfAGatewayShouldBeCheckedBeforeABrokerIsAsked() {
        check(classes()
                .that()
                .resideInAnyPackage(PRODUCER, WEB)
                .and()
                .areAnnotatedWith("org.springframework.boot.context.properties.ConfigurationProperties")
                .should()
                .implement("io.votelog.web.settings.CheckedAtStart")
                .because(
                        "what asks brokers or an identity provider first takes a list of these, and Spring reads a record of settings"
                                + " only when somebody takes it"));
    }

    private static Set<String> usersOf(String part, Predicate<JavaAccess<?>> use) {
        return accesses(access -> Modules.topLevel(access.getTargetOwner()).equals(part) && use.test(access))
                .map(access -> Modules.topLevel(access.getOriginOwner()))
                .filter(user -> !user.equals(part))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Those that use something, and in place of what belongs to a processor those that use it in turn. */
    private static Set<String> owners(Set<String> using, Map<String, Set<String>> users) {
        Set<String> owners = new TreeSet<>();
        Set<String> seen = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(using);
        while (!open.isEmpty()) {
            String user = open.pop();
            if (!users.containsKey(user)) {
                owners.add(user);
            } else if (seen.add(user)) {
                open.addAll(users.get(user));
            }
        }
        return owners;
    }

    /** What a method, a constructor or a field outside the topology is declared as cannot be known here, and is in no question. */
    private static boolean isPublicAndStatic(AccessTarget target) {
        return target instanceof AccessTarget.CodeUnitCallTarget
                && target.resolveMember()
                        .filter(member ->
                                member.getModifiers().containsAll(Set.of(JavaModifier.PUBLIC, JavaModifier.STATIC)))
                        .isPresent();
    }

    private static Stream<JavaClass> topology() {
        return votelog.that(resideInAnyPackage(TOPOLOGY)).stream();
    }

    private static Stream<JavaAccess<?>> accesses(Predicate<JavaAccess<?>> which) {
        return votelog.that(resideInAnyPackage(STREAMS)).stream()
                .<JavaAccess<?>>flatMap(type -> type.getAccessesFromSelf().stream())
                .filter(which);
    }

    /** Classes with these names, and those inside them. */
    private static DescribedPredicate<JavaClass> named(String... names) {
        Set<String> all = Set.of(names);
        return DescribedPredicate.describe(
                "named " + String.join(", ", names), type -> all.contains(Modules.topLevel(type)));
    }

    private static DescribedPredicate<JavaAccess<?>> writesOfStores() {
        return DescribedPredicate.or(
                calls("put|putIfAbsent|putAll|delete", "org.apache.kafka.streams.state."),
                calls("putVoter|putBallot", "io.votelog.streams.topology.voters."));
    }

    private static DescribedPredicate<JavaAccess<?>> schedules() {
        return calls("schedule", "org.apache.kafka.");
    }

    private static DescribedPredicate<JavaAccess<?>> calls(String methods, String ownersPackage) {
        return DescribedPredicate.describe(
                "call " + methods,
                access -> access.getTarget().getName().matches(methods)
                        && access.getTargetOwner().getName().startsWith(ownersPackage));
    }

    private static DescribedPredicate<JavaAccess<?>> clockOrChance() {
        return DescribedPredicate.describe("reads a clock or throws dice", access -> {
            String owner = access.getTargetOwner().getFullName();
            String name = access.getTarget().getName();
            return switch (owner) {
                case "java.lang.System" -> name.equals("currentTimeMillis") || name.equals("nanoTime");
                case "java.lang.Math", "java.lang.StrictMath" -> name.equals("random");
                case "java.util.UUID" -> name.equals("randomUUID");
                case "io.votelog.schemas.hash.SipHash" -> name.equals("withRandomKey");
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
