// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.replay;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.votelog.auditor.files.InputFile;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.OffsetRange;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.ControlRecord;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Topics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A published statement about a log: its public keys, the digests of its ballots, and possibly how far votes had come.
 * Published where the log's operator cannot change it later, it keeps whoever has the log's key from replacing these
 * ballots.
 *
 * @param format {@value #FORMAT}
 * @param publicKeys all keys that the log obeys, sorted
 * @param ballots the announced ballots, sorted by id
 * @param positions the end offset of each partition of votes at the time, below which the log may never end; null where
 *     the announcement names none
 * @param sealedLog the public keys of the sealed log's trees, as keygen prints them; null where the announcement names none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"format", "publicKeys", "ballots", "positions", "sealedLog"})
public record Announcement(
        String format,
        List<String> publicKeys,
        List<Ballot> ballots,
        @Nullable Map<Integer, Long> positions,
        @Nullable List<String> sealedLog) {
    /** The format that an announcement names. */
    static final String FORMAT = "votelog-announcement/1";

    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    private static final int MOST_BYTES = 16 << 20;

    /**
     * An announced ballot.
     *
     * @param digest SHA-256 of the ballot's definition, 64 hexadecimal digits
     * @param partitions the number of partitions of votes that hold the ballot
     */
    @JsonPropertyOrder({"ballotId", "digest", "partitions"})
    public record Ballot(String ballotId, String digest, int partitions) {}

    /**
     * Makes an announcement of a log as it is now: every ballot that was published in it, by its first definition.
     *
     * @param keys that the log obeys
     * @param wanted ids of the ballots to announce; all when empty
     * @param positions whether the announcement names the ends of votes
     * @param sealedLog the sealed log's public keys; null where they are not announced
     * @throws AuditException when a requested ballot does not exist, or the log has no ballot
     */
    public static Announcement of(
            LogSource source, LogKeys keys, Set<String> wanted, boolean positions, @Nullable SealedLogKey sealedLog) {
        Map<String, Ballot> ballots = new TreeMap<>();
        read(source, claim -> {
            if (claim.signedBy(keys)) {
                ballots.putIfAbsent(
                        claim.ballotId(),
                        new Ballot(claim.ballotId(), BallotDefinition.hex(claim.digest()), claim.partitionCount()));
            }
        });
        for (String id : wanted) {
            if (!ballots.containsKey(id)) {
                throw new AuditException(
                        "no ballot %s, signed by a key that was given, is published in %s; there are %s"
                                .formatted(id, source.name(), ballots.keySet()));
            }
        }
        if (!wanted.isEmpty()) {
            ballots.keySet().retainAll(wanted);
        }
        if (ballots.isEmpty()) {
            throw new AuditException(
                    "no ballot, signed by a key that was given, is published in %s".formatted(source.name()));
        }
        Map<Integer, Long> ends = new TreeMap<>();
        source.ranges(Topics.VOTES.name()).forEach(range -> ends.put(range.partition(), range.end()));
        return new Announcement(
                FORMAT,
                keys.texts(),
                List.copyOf(ballots.values()),
                positions ? ends : null,
                sealedLog == null ? null : sealedLog.texts());
    }

    /** Reads the claims of a log in their order, whoever signed them. */
    public static void read(LogSource source, Consumer<ControlRecord.Published> claims) {
        for (OffsetRange range : source.ranges(Topics.BALLOTS.name())) {
            source.read(range, record -> {
                byte @Nullable [] value = record.value();
                try {
                    if (value != null
                            && ControlRecord.inBallots(Events.decode(value).event(), value)
                                            .orElse(null)
                                    instanceof ControlRecord.Published claim) {
                        claims.accept(claim);
                    }
                } catch (MalformedEventException e) {
                    // Bytes that are no event publish no ballot.
                }
            });
        }
    }

    /**
     * Reads an announcement from a file.
     *
     * @throws AuditException when the file holds no announcement, or one with a member that this version does not know:
     *     no part of an announcement may be ignored
     */
    public static Announcement read(Path file) {
        Announcement read = InputFile.strictJson(file, MOST_BYTES, Announcement.class, "announcement");
        if (!FORMAT.equals(read.format())) {
            throw new AuditException(
                    "%s is in the format %s; this program reads %s".formatted(file, read.format(), FORMAT));
        }
        String fault = read.fault();
        if (fault != null) {
            throw new AuditException("%s is no announcement: %s".formatted(file, fault));
        }
        return read;
    }

    /** What is wrong with an announcement from a file; null when nothing is. */
    private @Nullable String fault() {
        if (isEmpty(publicKeys) || publicKeys.stream().anyMatch(Objects::isNull)) {
            return "it names no public keys";
        }
        try {
            LogKeys.of(publicKeys);
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
        if (isEmpty(ballots)) {
            return "it names no ballots";
        }
        Set<String> ids = new HashSet<>();
        List<String> faults = new ArrayList<>();
        for (int at = 0; at < ballots.size(); at++) {
            Ballot ballot = ballots.get(at);
            if (ballot == null || ballot.ballotId() == null || ballot.digest() == null) {
                faults.add("ballots[%d] lacks its ballotId or its digest".formatted(at));
            } else if (!DIGEST.matcher(ballot.digest()).matches()) {
                faults.add("ballots[%d].digest is '%s'; 64 hexadecimal digits in small letters are needed"
                        .formatted(at, ballot.digest()));
            } else if (ballot.partitions() < 1) {
                faults.add("ballots[%d].partitions is %d; 1 or more is needed".formatted(at, ballot.partitions()));
            } else if (!ids.add(ballot.ballotId())) {
                faults.add("ballots[%d] is %s, as another one is".formatted(at, ballot.ballotId()));
            }
        }
        if (positions != null) {
            positions.forEach((partition, position) -> {
                if (partition < 0 || position == null || position < 0) {
                    faults.add("positions says %s of partition %d".formatted(position, partition));
                }
            });
        }
        if (sealedLog != null) {
            try {
                sealedLogKey();
            } catch (TlogException e) {
                faults.add("sealedLog: " + e.getMessage());
            }
        }
        return faults.isEmpty() ? null : faults.get(0);
    }

    private static boolean isEmpty(@Nullable List<?> list) {
        return list == null || list.isEmpty();
    }

    /** The keys that were announced. */
    public LogKeys keys() {
        return LogKeys.of(publicKeys);
    }

    /** The sealed log's keys that were announced; empty where none were. */
    public Optional<SealedLogKey> sealedLogKey() {
        return Optional.ofNullable(sealedLog).map(SealedLogKey::parse);
    }
}
