package io.votelog.producer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The way of a vote, and the life of a ballot, can be carried to any HTTP server. */
class PlainPartsTest {
    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.votelog.producer");

    private static final List<String> PLAIN = List.of(
            "Annuller",
            "AnnulmentBody",
            "BallotBox",
            "BatchDesk",
            "BearerTokens",
            "Catalogue",
            "ControlLog",
            "FairUse",
            "Finisher",
            "IdempotencyKey",
            "HmacSha256",
            "JoseHeader",
            "JoseHeaders",
            "Jws",
            "KeySet",
            "LifeCycle",
            "ListedBallot",
            "NextStep",
            "Pepper",
            "Problem",
            "ProviderKey",
            "Publisher",
            "RecentVotes",
            "RecordedVote",
            "Salts",
            "SharedSecret",
            "SignatureProvider",
            "TokenClaims",
            "TokenJson",
            "UserId",
            "VoteAnswer",
            "VoteBody",
            "VoteDesk",
            "VoteLog",
            "VoteMeters",
            "VotePartitions",
            "VoterAllowance");

    @Test
    void shouldKnowNoWebFramework() {
        noClasses()
                .that()
                .haveNameMatching(".*\\.(" + String.join("|", PLAIN) + ")")
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
