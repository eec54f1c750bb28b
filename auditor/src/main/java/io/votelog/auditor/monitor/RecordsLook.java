// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.monitor;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Step;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.UnreadableException;
import io.votelog.auditor.verify.NewRecordsCheck;
import io.votelog.auditor.verify.SealedLogAudit;
import io.votelog.auditor.verify.SealedRecordsCheck;
import io.votelog.auditor.verify.SealedTreeView;
import io.votelog.schemas.LogKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Holds a sealed log against the log itself. Each round compares new leaves with their records, and says what is not sealed; now and
 * then, where that is asked for, the whole log is replayed, which alone finds a false verdict or result.
 */
final class RecordsLook {
    /** The subject of an alarm on records behind the last final result, which a replay alone finds. */
    private static final String BEHIND_RESULTS = "behind the final results";

    private final Supplier<LogSource> open;
    private final MonitorTerms terms;
    private final MonitorState state;

    /**
     * @param open opens the log; a dump may be another one the next time
     */
    RecordsLook(Supplier<LogSource> open, MonitorTerms terms, MonitorState state) {
        this.open = open;
        this.terms = terms;
        this.state = state;
    }

    /**
     * Looks at new leaves, and at what is not sealed.
     *
     * @param votes a tree of votes whose leaves are in order
     * @return whether all of the log is sealed
     */
    boolean look(SealedTreeView votes, Instant now, Findings findings) {
        NewRecordsCheck.Found found;
        try (LogSource source = open.get()) {
            found = new NewRecordsCheck(source, votes).run(state.records());
        } catch (AuditException | KafkaException e) {
            findings.found(AlarmKind.LOG_UNREADABLE, "", why(e));
            return false;
        } catch (UnreadableException e) {
            findings.found(AlarmKind.UNREADABLE, "", String.valueOf(e.getMessage()));
            return false;
        } catch (TlogException e) {
            findings.found(AlarmKind.DAMAGED, votes.tree().path(), String.valueOf(e.getMessage()));
            return false;
        }
        state.heldAgainstRecords(found.upTo());
        if (found.wrong() != null) {
            findings.found(AlarmKind.RECORD, "", found.wrong());
        }
        if (found.behind() == null) {
            findings.fine(AlarmKind.LOG_UNREADABLE, "");
        } else {
            findings.found(AlarmKind.LOG_UNREADABLE, "", found.behind());
        }
        unsealed(found, now, findings);
        return found.behind() == null && found.unsealed() == 0;
    }

    private static String why(RuntimeException failure) {
        return failure instanceof KafkaException broken
                ? "the brokers: " + Texts.reason(broken)
                : String.valueOf(failure.getMessage());
    }

    private void unsealed(NewRecordsCheck.Found found, Instant now, Findings findings) {
        Long most = terms.mostUnsealed();
        Duration oldest = terms.oldestUnsealed();
        if (most == null && oldest == null) {
            return;
        }
        Instant since = Instant.ofEpochMilli(found.oldestMs());
        String told = "%s of the log %s not sealed, the oldest of %s"
                .formatted(Texts.count(found.unsealed(), "record"), found.unsealed() == 1 ? "is" : "are", since);
        if (most != null && found.unsealed() > most) {
            findings.found(AlarmKind.UNSEALED, "", "%s; at most %,d may be".formatted(told, most));
        } else if (oldest != null && found.unsealed() > 0 && since.plus(oldest).isBefore(now)) {
            findings.found(AlarmKind.UNSEALED, "", "%s; it may be %s old".formatted(told, oldest));
        } else {
            findings.fine(AlarmKind.UNSEALED, "");
        }
    }

    /**
     * Replays the whole log, and holds every leaf, verdict and result of the whole sealed log against it. The trees
     * themselves are the business of {@link TreesLook}; where the replay cannot read them, that is no finding of it.
     *
     * @param log the folder or the URL of the sealed log
     */
    void replay(
            String log, SealedLogKey key, @Nullable LogKeys keys, Instant now, Progress progress, Findings findings) {
        Report report;
        try (LogSource source = open.get()) {
            report = new SealedLogAudit(
                            log, key, Optional.empty(), null, new SealedRecordsCheck.Bounds(null, now), progress)
                    .run(source, keys);
        } catch (AuditException | KafkaException e) {
            findings.found(AlarmKind.LOG_UNREADABLE, "", "the replay could not be made: " + why(e));
            return;
        } catch (TlogException e) {
            findings.found(AlarmKind.UNREADABLE, "", "the replay could not be made: " + e.getMessage());
            return;
        }
        boolean replayed = false;
        for (Step step : report.steps()) {
            AlarmKind kind = kind(step.title());
            if (kind == null) {
                continue;
            }
            replayed = true;
            String of = kind == AlarmKind.RESULT ? step.title() : kind == AlarmKind.UNSEALED ? BEHIND_RESULTS : "";
            if (step.outcome() == Step.Outcome.FAIL) {
                findings.found(kind, of, step.title() + ": no. " + step.detail());
            } else {
                findings.fine(kind, of);
            }
        }
        if (!replayed) {
            String first = report.steps().stream()
                    .filter(step -> step.outcome() == Step.Outcome.FAIL)
                    .map(step -> step.title() + ": " + step.detail())
                    .findFirst()
                    .orElse("the sealed log was not readable");
            findings.found(AlarmKind.UNREADABLE, "", "the replay could not be made: " + first);
        }
    }

    private static @Nullable AlarmKind kind(String title) {
        if (SealedLogAudit.isOfResults(title)) {
            return AlarmKind.RESULT;
        }
        return switch (title) {
            case SealedRecordsCheck.LEAVES -> AlarmKind.RECORD;
            case SealedRecordsCheck.VERDICTS -> AlarmKind.VERDICT;
            case SealedRecordsCheck.PARTITIONS -> AlarmKind.PARTITION;
            case SealedRecordsCheck.UNSEALED -> AlarmKind.UNSEALED;
            default -> null;
        };
    }
}
