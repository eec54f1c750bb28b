// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The packages of the gateway, and the directions in which they may depend on one another. */
class RoomsTest {
    private static final String ROOT = "io.votelog.producer.";

    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.votelog.producer");

    @Test
    void arrowsShouldGoDownOnly() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("http")
                .definedBy(ROOT + "http..")
                .layer("pages")
                .definedBy(ROOT + "pages..")
                .layer("votes")
                .definedBy(ROOT + "votes..")
                .layer("ballots")
                .definedBy(ROOT + "ballots..")
                .layer("auth")
                .definedBy(ROOT + "auth..")
                .layer("limits")
                .definedBy(ROOT + "limits..")
                .layer("crypto")
                .definedBy(ROOT + "crypto..")
                .layer("problem")
                .definedBy(ROOT + "problem..")
                .whereLayer("http")
                .mayOnlyAccessLayers("pages", "votes", "ballots", "auth", "limits", "crypto", "problem")
                .whereLayer("pages")
                .mayOnlyAccessLayers("ballots", "auth", "problem")
                .whereLayer("votes")
                .mayOnlyAccessLayers("ballots", "auth", "limits", "crypto", "problem")
                .whereLayer("ballots")
                .mayOnlyAccessLayers("crypto", "problem")
                .whereLayer("auth")
                .mayOnlyAccessLayers("crypto", "problem")
                .whereLayer("limits")
                .mayOnlyAccessLayers("crypto", "problem")
                .whereLayer("crypto")
                .mayOnlyAccessLayers("problem")
                .whereLayer("problem")
                .mayNotAccessAnyLayer()
                .check(classes);
    }

    /** The rooms of a vote's way and of a ballot's life use no HTTP server, so they can be carried to any. */
    @Test
    void onlyHttpAndPagesShouldKnowTheServer() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        ROOT + "votes..", ROOT + "ballots..", ROOT + "limits..", ROOT + "crypto..", ROOT + "problem..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.springframework.web..",
                        "org.springframework.http..",
                        "org.springframework.security..",
                        "reactor.netty..",
                        "io.netty..")
                .check(classes);
        // The room auth fetches a provider's keys, as a client.
        noClasses()
                .that()
                .resideInAPackage(ROOT + "auth..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.springframework.web.server..",
                        "org.springframework.web.bind..",
                        "org.springframework.http.server..",
                        "org.springframework.security..",
                        "reactor.netty.http.server..")
                .check(classes);
    }

    @Test
    void nothingShouldKnowTheReadSideOrTheAuditor() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.votelog.streams..", "io.votelog.auditor..", "org.apache.kafka.streams..")
                .check(classes);
    }
}
