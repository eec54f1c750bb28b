// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.replay;

import io.votelog.auditor.count.PartitionBallot;
import io.votelog.auditor.count.PartitionReplay;
import io.votelog.auditor.count.Tally;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.source.LogSource;
import io.votelog.events.KeyId;
import io.votelog.schemas.LogKeys;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Checks a log against its announcement. */
final class AnnouncementCheck {
    static final String TITLE = "What was announced is what stands in the log";

    private static final int MOST_SHOWN = 10;

    private final Announcement announced;
    private final LogKeys obeyed;
    private final LogSource source;
    private final List<String> differences = new ArrayList<>();

    /**
     * @param obeyed keys with which the log was replayed
     * @param source the log, for the records that publish ballots
     */
    AnnouncementCheck(Announcement announced, LogKeys obeyed, LogSource source) {
        this.announced = announced;
        this.obeyed = obeyed;
        this.source = source;
    }

    void run(Report report, List<PartitionReplay> replays) {
        keys();
        for (Announcement.Ballot ballot : announced.ballots()) {
            List<PartitionBallot> partitionBallots = Tally.partitionBallots(replays, ballot.ballotId());
            if (partitionBallots.isEmpty()) {
                differences.add("%s was announced with the definition %s, and stands in no partition%s"
                        .formatted(ballot.ballotId(), ballot.digest(), publishedOtherwise(ballot.ballotId())));
            } else {
                compare(ballot, partitionBallots);
            }
        }
        Map<Integer, Long> positions = announced.positions();
        if (positions != null) {
            new TreeMap<>(positions).forEach((partition, position) -> reaches(partition, position, replays));
        }
        if (differences.isEmpty()) {
            report.pass(TITLE, detail(replays));
        } else {
            report.fail(TITLE, Texts.first(MOST_SHOWN, differences));
        }
    }

    private void keys() {
        List<String> given = obeyed.texts();
        List<String> wanted = announced.keys().texts();
        given.stream()
                .filter(key -> !wanted.contains(key))
                .forEach(key -> differences.add(
                        "the public key %s was given for this log, and was not announced".formatted(key)));
        wanted.stream()
                .filter(key -> !given.contains(key))
                .forEach(key -> differences.add(
                        "the public key %s was announced, and was not given for this log".formatted(key)));
    }

    /** What was published under an announced ballot's id with a signature of none of the keys. */
    private String publishedOtherwise(String ballotId) {
        Set<KeyId> others = new LinkedHashSet<>();
        Announcement.read(source, claim -> {
            if (claim.ballotId().equals(ballotId) && !claim.signedBy(obeyed)) {
                others.add(claim.keyId());
            }
        });
        return others.stream()
                .findFirst()
                .map(key -> "; a publication of it is signed by another key, with the id "
                        + HexFormat.of().formatHex(key.bytes()))
                .orElse("");
    }

    private void compare(Announcement.Ballot ballot, List<PartitionBallot> partitionBallots) {
        // The same difference in several partitions is reported once.
        Set<String> told = new LinkedHashSet<>();
        for (PartitionBallot here : partitionBallots) {
            String digest = here.definition().digestHex();
            Optional<String> signer = obeyed.text(here.published().getKeyId());
            if (!digest.equals(ballot.digest()) && told.add(digest)) {
                differences.add("%s was announced with the definition %s, and %s stands in partition %d, signed by %s"
                        .formatted(ballot.ballotId(), ballot.digest(), digest, here.partition(), signer.orElse("?")));
            }
            int partitions = here.published().getPartitionCount();
            if (partitions != ballot.partitions() && told.add(Integer.toString(partitions))) {
                differences.add("%s was announced for %s, and is published for %d in partition %d"
                        .formatted(
                                ballot.ballotId(),
                                Texts.count(ballot.partitions(), "partition"),
                                partitions,
                                here.partition()));
            }
        }
        if (partitionBallots.size() < ballot.partitions()) {
            differences.add("%s was announced for %s, and stands in %d"
                    .formatted(
                            ballot.ballotId(), Texts.count(ballot.partitions(), "partition"), partitionBallots.size()));
        }
    }

    private void reaches(int partition, long position, List<PartitionReplay> replays) {
        long end = replays.stream()
                .filter(replay -> replay.partition() == partition)
                .mapToLong(PartitionReplay::nextOffset)
                .findFirst()
                .orElse(0);
        if (end < position) {
            differences.add("partition %d of votes had reached offset %d, and ends at %d: what was behind it is gone"
                    .formatted(partition, position, end));
        }
    }

    private String detail(List<PartitionReplay> replays) {
        Set<String> others = new TreeSet<>();
        replays.forEach(replay ->
                replay.ballots().forEach(ballot -> others.add(ballot.ballot().id())));
        announced.ballots().forEach(ballot -> others.remove(ballot.ballotId()));
        return String.format(
                Locale.ROOT,
                "%s, %s%s%s",
                Texts.count(announced.ballots().size(), "ballot"),
                Texts.count(announced.publicKeys().size(), "public key"),
                Objects.isNull(announced.positions()) ? "" : ", positions",
                others.isEmpty() ? "" : "; not announced, and in the log: " + String.join(", ", others));
    }
}
