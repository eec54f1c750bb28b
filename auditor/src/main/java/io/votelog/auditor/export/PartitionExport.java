// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.export;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.votelog.auditor.count.AnnulledVote;
import io.votelog.auditor.count.PartitionBallot;
import io.votelog.auditor.count.PartitionReplay;
import io.votelog.auditor.count.RecordOutcome;
import io.votelog.auditor.count.Tally;
import io.votelog.auditor.export.ExportManifest.Wanted;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.OffsetRange;
import io.votelog.events.VoteCast;
import io.votelog.rules.Reason;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.MalformedEventException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** The export of one partition: its counts, and files with its votes or its sets of options. */
final class PartitionExport {
    /** Columns of the file with every vote. */
    private static final List<String> COLUMNS =
            List.of("partition", "offset", "recordedAt", "ballotId", "voteId", "outcome", "reason", "choices");

    /**
     * The form of a valid id. A record may hold any text in place of an id; such a text is not exported, since a
     * spreadsheet could take it for a formula.
     */
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    /** The most sets of options that memory holds at a time, over all ballots. */
    private final int mostHeld;

    private final Wanted wanted;
    private final OffsetRange range;
    private final Path folder;
    private final PartitionReplay replay;
    private final Map<Integer, PickCounts> picks = new TreeMap<>();
    private int held;

    /**
     * @param range the partition, and the end of the export in it
     * @param folder that takes the files
     * @param mostHeld the most sets of options that memory holds at a time
     */
    PartitionExport(Wanted wanted, OffsetRange range, LogKeys keys, Path folder, int mostHeld) {
        this.wanted = wanted;
        this.range = range;
        this.folder = folder;
        this.mostHeld = mostHeld;
        this.replay = new PartitionReplay(range.partition(), keys, ballotId -> Long.MAX_VALUE, Map.of());
    }

    /**
     * The result of exporting one partition.
     *
     * @param files that belong to the export without further work
     */
    @JsonPropertyOrder({"partition", "end", "ballots", "files"})
    record Result(int partition, long end, List<OfBallot> ballots, List<ExportManifest.File> files) {}

    /**
     * A ballot in this partition.
     *
     * @param definition the ballot's definition, JSON
     * @param partitions the number of partitions that must hold the ballot
     * @param picks the name of the file with how often each set of options was chosen; null where that is not requested
     */
    @JsonPropertyOrder({"definition", "partitions", "ended", "tally", "picks"})
    record OfBallot(String definition, int partitions, boolean ended, Tally tally, @Nullable String picks) {}

    /** A vote with its position in the log. */
    @JsonPropertyOrder({"partition", "offset", "recordedAt", "ballotId", "voteId", "outcome", "reason", "choices"})
    private record Row(
            int partition,
            long offset,
            String recordedAt,
            String ballotId,
            UUID voteId,
            String outcome,
            @Nullable Reason reason,
            List<String> choices) {}

    /** The name of the file with every vote, without its extension. */
    private String rowsName() {
        return "private-votes-" + range.partition();
    }

    /**
     * Reads the partition from its first record.
     *
     * @throws AuditException when the log cannot be read, or a part of it is missing
     */
    Result run(LogSource source, Runnable read) throws IOException {
        List<ExportManifest.File> files = List.of();
        if (wanted.rows()) {
            try (ExportFile rows = new ExportFile(folder, rowsName(), COLUMNS)) {
                readAll(source, rows, read);
                files = rows.finish();
            }
        } else {
            readAll(source, null, read);
        }
        String gap = replay.firstGap();
        if (gap != null || replay.nextOffset() < range.end()) {
            throw new AuditException("the log is not whole: %s; replay says more"
                    .formatted(gap != null ? gap : "partition %d is cut short".formatted(range.partition())));
        }
        List<OfBallot> ballots = new ArrayList<>();
        for (PartitionBallot partitionBallot : replay.ballots()) {
            ballots.add(new OfBallot(
                    partitionBallot.definition().json(),
                    partitionBallot.published().getPartitionCount(),
                    partitionBallot.endOffset() != PartitionBallot.OPEN,
                    Tally.of(List.of(partitionBallot)),
                    finishPicks(partitionBallot)));
        }
        return new Result(range.partition(), replay.nextOffset(), ballots, files);
    }

    private @Nullable String finishPicks(PartitionBallot partitionBallot) throws IOException {
        PickCounts counts = picks.get(partitionBallot.number());
        if (counts == null) {
            return null;
        }
        String name = "picks-%d-%d".formatted(range.partition(), partitionBallot.number());
        counts.finish(folder.resolve(name));
        return name;
    }

    private void readAll(LogSource source, @Nullable ExportFile rows, Runnable read) throws IOException {
        try {
            source.read(range, record -> {
                if (record.offset() < range.end()) {
                    replay.take(record);
                    take(record, replay.outcomes().at(record.offset()), rows);
                }
                read.run();
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record, byte outcome, @Nullable ExportFile rows) {
        AnnulledVote annulledVote = replay.annulledVote();
        if (annulledVote != null && wanted.wants(annulledVote.ballotId())) {
            remove(annulledVote, rows);
            return;
        }
        boolean counted = wanted.votes() && outcome == RecordOutcome.ACCEPTED;
        if (!counted && (rows == null || !RecordOutcome.isVerdict(outcome))) {
            return;
        }
        try {
            VoteCast vote = Events.decode(record.value(), VoteCast.class);
            if (!wanted.wants(vote.getBallotId())) {
                return;
            }
            if (rows != null) {
                addRow(rows, record, vote, outcome);
            } else {
                count(vote);
            }
        } catch (MalformedEventException e) {
            throw new IllegalStateException("decided and cannot be read", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void remove(AnnulledVote vote, @Nullable ExportFile rows) {
        try {
            PartitionBallot on = partitionBallot(vote.ballotId());
            if (rows != null) {
                List<String> choices = new ArrayList<>();
                vote.picks().forEach(option -> choices.add(on.ballot().optionId(option)));
                addRow(
                        rows,
                        vote.offset(),
                        vote.recordedAtMs(),
                        vote.ballotId(),
                        vote.voteId(),
                        "ANNULLED",
                        null,
                        choices);
            } else if (wanted.votes()) {
                makeRoom(picksOf(on).remove(vote.picks()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void count(VoteCast vote) throws IOException {
        PartitionBallot on = partitionBallot(vote.getBallotId());
        makeRoom(picksOf(on).add(on.ballot().check(vote.getChoices()).picks()));
    }

    private PartitionBallot partitionBallot(String ballotId) {
        PartitionBallot on = replay.ballot(ballotId);
        if (on == null) {
            throw new IllegalStateException("accepted on no ballot");
        }
        return on;
    }

    private PickCounts picksOf(PartitionBallot on) {
        return picks.computeIfAbsent(
                on.number(),
                number -> new PickCounts(
                        folder,
                        "picks-%d-%d".formatted(range.partition(), number),
                        on.ballot().optionCount()));
    }

    /** Counts the sets that memory holds, and writes them to files when there are as many as allowed. */
    private void makeRoom(boolean oneMore) throws IOException {
        if (oneMore && ++held >= mostHeld) {
            for (PickCounts each : picks.values()) {
                each.spill();
            }
            held = 0;
        }
    }

    private void addRow(ExportFile rows, ConsumerRecord<byte[], byte[]> record, VoteCast vote, byte outcome)
            throws IOException {
        Reason reason = RecordOutcome.isRejected(outcome) ? RecordOutcome.reason(outcome) : null;
        addRow(
                rows,
                record.offset(),
                record.timestamp(),
                vote.getBallotId(),
                vote.getVoteId(),
                reason == null ? RecordOutcome.text(outcome) : "REJECTED",
                reason,
                vote.getChoices());
    }

    private void addRow(
            ExportFile rows,
            long offset,
            long recordedAtMs,
            String ballotId,
            UUID voteId,
            String outcome,
            @Nullable Reason reason,
            List<String> choices)
            throws IOException {
        String recordedAt = Instant.ofEpochMilli(recordedAtMs).toString();
        rows.add(
                new Row(range.partition(), offset, recordedAt, ballotId, voteId, outcome, reason, choices),
                range.partition(),
                offset,
                recordedAt,
                cell(ballotId),
                voteId,
                outcome,
                reason == null ? "" : reason,
                String.join(" ", choices.stream().map(PartitionExport::cell).toList()));
    }

    private static String cell(String id) {
        return ID.matcher(id).matches() ? id : "?";
    }
}
