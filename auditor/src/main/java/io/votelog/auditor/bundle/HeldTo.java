// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import io.votelog.auditor.bundle.BundleManifest.Ballot;
import io.votelog.auditor.replay.Announcement;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.MalformedEventException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Holds what a bundle says of keys and ballots to what the user has by another road, and to each other. */
final class HeldTo {
    private static final String CONSISTENT_ALONE =
            "%s, so the bundle can be found consistent in itself and no more: who made it can have made another %s too. %s";

    private final UnpackedBundle bundle;
    private final BundleAudit.Given given;

    HeldTo(UnpackedBundle bundle, BundleAudit.Given given) {
        this.bundle = bundle;
        this.given = given;
    }

    private Announcement inBundle() {
        return Announcement.read(bundle.path(BundlePaths.ANNOUNCEMENT));
    }

    /** The user's announcement: the bundle's may say more, and nothing else. */
    Finding announcement() {
        Announcement theirs = inBundle();
        Announcement mine = given.announcement();
        if (mine == null) {
            return Finding.notAsked(CONSISTENT_ALONE.formatted(
                    "no announcement is given",
                    "announcement",
                    "--expect FILE takes the one that you got before the vote"));
        }
        return Finding.of(
                differences(mine, "you have", theirs, "the bundle has"),
                "%s of yours%s"
                        .formatted(
                                Texts.count(mine.ballots().size(), "ballot"),
                                theirs.ballots().size() > mine.ballots().size()
                                        ? ", and more that you do not have"
                                        : ""));
    }

    /** Where an announcement does not say what an earlier one says. */
    static List<String> differences(Announcement earlier, String whose, Announcement later, String other) {
        List<String> differences = new ArrayList<>();
        if (!earlier.keys().texts().equals(later.keys().texts())) {
            differences.add("the public keys %s %s, and %s %s"
                    .formatted(
                            whose, earlier.keys().texts(), other, later.keys().texts()));
        }
        if (earlier.sealedLog() != null && !earlier.sealedLog().equals(later.sealedLog())) {
            differences.add("the sealed log's keys %s %s, and %s %s"
                    .formatted(whose, earlier.sealedLog(), other, later.sealedLog()));
        }
        Map<String, Announcement.Ballot> there = new HashMap<>();
        later.ballots().forEach(ballot -> there.put(ballot.ballotId(), ballot));
        for (Announcement.Ballot ballot : earlier.ballots()) {
            Announcement.Ballot same = there.get(ballot.ballotId());
            if (!ballot.equals(same)) {
                differences.add(
                        "of %s %s %s, and %s %s".formatted(ballot.ballotId(), whose, said(ballot), other, said(same)));
            }
        }
        Map<Integer, Long> ends = Objects.requireNonNullElse(later.positions(), Map.of());
        new TreeMap<>(Objects.requireNonNullElse(earlier.positions(), Map.<Integer, Long>of()))
                .forEach((partition, end) -> {
                    if (ends.getOrDefault(partition, 0L) < end) {
                        differences.add("partition %d had reached offset %d in what %s, and %s %d"
                                .formatted(partition, end, whose, other, ends.getOrDefault(partition, 0L)));
                    }
                });
        return differences;
    }

    private static String said(Announcement.@Nullable Ballot ballot) {
        return ballot == null
                ? "nothing"
                : "the definition %s in %s".formatted(ballot.digest(), Texts.count(ballot.partitions(), "partition"));
    }

    /** The log's public keys, which stand in the bundle twice. */
    Finding keys() {
        String listed = bundle.text(BundlePaths.PUBLIC_KEYS);
        List<String> theirs = inBundle().keys().texts();
        if (!listed.equals(String.join("\n", theirs) + "\n")) {
            return Finding.fail("%s names %s, and %s names %s"
                    .formatted(BundlePaths.PUBLIC_KEYS, listed.lines().toList(), BundlePaths.ANNOUNCEMENT, theirs));
        }
        Announcement mine = given.announcement();
        LogKeys keys = given.keys() != null ? given.keys() : mine == null ? null : mine.keys();
        if (keys == null) {
            return Finding.notAsked(CONSISTENT_ALONE.formatted(
                    "no keys are given", "key", "--public-key-file FILE takes yours, or --expect"));
        }
        return theirs.equals(keys.texts())
                ? Finding.pass(Texts.count(theirs.size(), "key"))
                : Finding.fail("you have %s, and the bundle has %s".formatted(keys.texts(), theirs));
    }

    Finding logKeys() {
        SealedLogKey theirs = bundle.logKey();
        if (!theirs.texts().equals(inBundle().sealedLog())) {
            return Finding.fail("%s names %s, and %s names %s"
                    .formatted(
                            BundlePaths.LOG_KEYS,
                            theirs.texts(),
                            BundlePaths.ANNOUNCEMENT,
                            inBundle().sealedLog()));
        }
        SealedLogKey mine = given.sealedLogKey();
        if (mine == null) {
            return Finding.notAsked(CONSISTENT_ALONE.formatted(
                    "no key of the sealed log is given", "log", "--log-key takes the keys that keygen printed"));
        }
        String difference = difference(mine, "you have", theirs, "the bundle has");
        return difference == null ? Finding.pass(theirs.votes().name()) : Finding.fail(difference);
    }

    /** How two keys of a sealed log differ; null when they are the same. */
    static @Nullable String difference(SealedLogKey one, String whose, SealedLogKey other, String others) {
        return one.texts().equals(other.texts())
                ? null
                : "%s %s, and %s %s".formatted(whose, one.texts(), others, other.texts());
    }

    /** Each definition hashes to the digest that was announced. */
    Finding definitions() {
        Map<String, String> announced = new HashMap<>();
        inBundle().ballots().forEach(ballot -> announced.put(ballot.ballotId(), ballot.digest()));
        List<String> differences = new ArrayList<>();
        for (Ballot ballot : bundle.manifest().ballots()) {
            String path = BundlePaths.definition(ballot.ballotId());
            String digest;
            try {
                BallotDefinition definition = BallotDefinition.parse(bundle.text(path));
                digest = definition.digestHex();
                if (!definition.ballot().id().equals(ballot.ballotId())) {
                    differences.add(
                            "%s defines %s".formatted(path, definition.ballot().id()));
                }
            } catch (MalformedEventException e) {
                differences.add("%s is no definition: %s".formatted(path, e.getMessage()));
                continue;
            }
            if (!digest.equals(announced.get(ballot.ballotId()))) {
                differences.add("%s has the digest %s, and %s"
                        .formatted(
                                path,
                                digest,
                                announced.containsKey(ballot.ballotId())
                                        ? "announced was " + announced.get(ballot.ballotId())
                                        : "no such ballot was announced"));
            } else if (!digest.equals(ballot.digest())) {
                differences.add("%s has the digest %s, and %s names %s"
                        .formatted(path, digest, BundlePaths.MANIFEST, ballot.digest()));
            }
        }
        return Finding.of(differences, Texts.count(bundle.manifest().ballots().size(), "ballot"));
    }
}
