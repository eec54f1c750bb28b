// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import io.votelog.auditor.seal.CheckpointFile;
import io.votelog.auditor.seal.SealedLog;

/** Where things stand in a bundle. */
final class BundlePaths {
    static final String MANIFEST = "MANIFEST.json";
    static final String SUMS = "SHA256SUMS";
    static final String CHECKS = "CHECKS.md";
    static final String RECOUNT = "recount.py";
    static final String ANNOUNCEMENT = "announcement.json";

    /** The log's public keys, one a line, sorted. */
    static final String PUBLIC_KEYS = "keys/public-keys.txt";

    /** The sealed log's keys, one a line: of the tree of votes, then of that of verdicts. */
    static final String LOG_KEYS = "keys/log-keys.txt";

    static final String POLICY = "keys/policy.txt";

    /** The folder of the sealed log, with the slash. */
    static final String SEALED = "sealed/";

    /** The topic of seals, an event a line. */
    static final String SEALS = "seals.jsonl";

    /** The sealed statements of results, one a line. */
    static final String STATEMENTS = "results/sealed.jsonl";

    /** The folder of the dump, with the slash. */
    static final String LOG = "log/";

    /** The folder of the export, with the slash. */
    static final String PUBLIC = "public/";

    private BundlePaths() {}

    /** The canonical JSON of a ballot's definition. */
    static String definition(String ballotId) {
        return "ballots/%s.json".formatted(ballotId);
    }

    /** The final results of a ballot. */
    static String results(String ballotId) {
        return "results/%s.json".formatted(ballotId);
    }

    /** The votes of each option in them, for spreadsheets. */
    static String table(String ballotId) {
        return "results/%s.csv".formatted(ballotId);
    }

    /** A file of a tree of the sealed log. */
    static String sealed(SealedLog tree, String path) {
        return SEALED + tree.path() + "/" + path;
    }

    static String checkpoint(SealedLog tree) {
        return sealed(tree, CheckpointFile.NAME);
    }
}
