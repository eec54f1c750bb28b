package io.votelog.producer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The way of a vote, and the life of a ballot, can be carried to any HTTP server. */
class PlainPartsTest {
    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.votelog.producer");

    @Test
    void shouldKnowNoWebFramework() {
        noClasses()
                .that()
                .haveNameMatching(
                        ".*\\.(VoteDesk|VoteLog|VoteBody|VoteRequest|RecordedVote|IdempotencyKey|Pepper|Salts|Problem|Catalogue|ListedBallot|Publisher|LifeCycle|Finisher|ControlLog|NextStep|BearerTokens|FairUse|TokenBuckets|SipHash|ClientAddress|IpAddress|AddressRange|ForwardingHeader)")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.springframework.web..", "org.springframework.http..", "reactor.netty..", "io.netty..")
                .check(classes);
    }

    @Test
    void shouldNotDependOnTheReadSide() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.votelog.streams..", "io.votelog.auditor..", "org.apache.kafka.streams..")
                .check(classes);
    }
}
