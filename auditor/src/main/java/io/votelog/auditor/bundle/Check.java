// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

/** The checks of a bundle in their order: the first one is number 1, in the report and in {@value BundlePaths#CHECKS}. */
enum Check {
    WHOLE("Every file is what the manifest names, and there is no other"),
    PROGRAMS("The text of these checks and the recount are those of this version"),
    ANNOUNCEMENT("The announcement is the one that you have"),
    KEYS("The log's public keys are those that you have"),
    LOG_KEYS("The sealed log's keys are those that you have"),
    DEFINITIONS("Each ballot is the one that was announced"),
    SEALED("The sealed log is signed, whole and in order"),
    COSIGNED("The checkpoints are cosigned as the policy asks"),
    SEALS("The topic of seals says what is sealed"),
    REPLAYED("What was published follows from the log"),
    RECORDS("What is sealed is what the log has"),
    RESULTS("The final results are those that were sealed, published and counted"),
    PROMISES("The log keeps the promises that you have");

    private final String title;

    Check(String title) {
        this.title = title;
    }

    /** What is checked, in words. */
    String title() {
        return title;
    }
}
