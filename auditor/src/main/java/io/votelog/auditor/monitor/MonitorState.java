// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.monitor;

import io.votelog.auditor.files.InputFile;
import io.votelog.auditor.files.KeptFile;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.StrictEncoding;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.tiles.TreeEdge;
import io.votelog.auditor.verify.NewRecordsCheck;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What a monitor keeps between rounds, beside the checkpoints that it saw: the alarms that stand, when the log grew last, the
 * right edges of both trees, and what witnesses showed that could not be compared yet. Its size does not depend on the
 * log's.
 */
final class MonitorState {
    private static final String FORMAT = "votelog-monitor/1";
    private static final int LONGEST = 64 << 20;

    private final Path file;
    private final Map<Findings.Subject, Standing> standing = new LinkedHashMap<>();
    private final Map<SealedLog, TreeEdge> edges = new LinkedHashMap<>();
    private final Map<Viewed, View> views = new LinkedHashMap<>();
    private long rounds;
    private @Nullable Instant grownAt;
    private NewRecordsCheck.Place records = NewRecordsCheck.Place.BEGIN;

    /**
     * An alarm that stands.
     *
     * @param since when it was raised
     * @param toldAt when it was told last
     * @param pending whether the user's command has not taken it yet
     * @param evidence the folder with the evidence; empty where there is none
     */
    record Standing(Instant since, Instant toldAt, boolean pending, String detail, String evidence) {
        Standing told(Instant at) {
            return new Standing(since, at, true, detail, evidence);
        }

        Standing now(String newDetail) {
            return new Standing(since, toldAt, pending, newDetail, evidence);
        }

        Standing delivered() {
            return new Standing(since, toldAt, false, detail, evidence);
        }
    }

    /** Whose view of which tree. */
    record Viewed(String witness, SealedLog tree) {}

    /**
     * A checkpoint that a witness showed, of more leaves than this monitor was shown.
     *
     * @param since when the witness showed it
     */
    record View(SignedNote note, Instant since) {}

    /**
     * Reads the file, if it exists.
     *
     * @throws AuditException when it is damaged
     */
    MonitorState(Path file) {
        this.file = file;
        if (!Files.exists(file)) {
            return;
        }
        try {
            read(Texts.JSON.readTree(InputFile.text(file, LONGEST)));
        } catch (JacksonException | TlogException | DateTimeException | IllegalArgumentException e) {
            throw new AuditException(
                    "%s is not what a monitor kept: %s. Move it away, and the monitor begins anew with its alarms"
                            .formatted(file, e instanceof JacksonException ? "it is no JSON" : e.getMessage()),
                    e);
        }
    }

    private void read(JsonNode document) {
        if (!document.path("format").asString("").equals(FORMAT)) {
            throw new IllegalArgumentException("its format is not " + FORMAT);
        }
        rounds = document.path("rounds").asLong(0);
        grownAt = document.has("grownAt") ? instant(document, "grownAt") : null;
        for (JsonNode one : document.path("alarms")) {
            String kind = one.path("kind").asString("");
            standing.put(
                    new Findings.Subject(
                            AlarmKind.of(kind)
                                    .orElseThrow(
                                            () -> new IllegalArgumentException("no alarm is of kind '" + kind + "'")),
                            one.path("subject").asString("")),
                    new Standing(
                            instant(one, "since"),
                            instant(one, "toldAt"),
                            one.path("pending").asBoolean(false),
                            one.path("detail").asString(""),
                            one.path("evidence").asString("")));
        }
        for (SealedLog tree : SealedLog.values()) {
            JsonNode edge = document.path("edges").path(tree.path());
            if (edge.isObject()) {
                List<byte[]> levels = new ArrayList<>();
                edge.path("levels")
                        .forEach(level -> levels.add(Base64.getDecoder().decode(level.asString(""))));
                edges.put(tree, new TreeEdge(edge.path("size").asLong(-1), levels));
            }
        }
        for (JsonNode one : document.path("views")) {
            SealedLog tree = SealedLog.valueOf(one.path("tree").asString("").toUpperCase(java.util.Locale.ROOT));
            SignedNote note =
                    SignedNote.parse(one.path("checkpoint").asString("").getBytes(StandardCharsets.UTF_8));
            views.put(new Viewed(one.path("witness").asString(""), tree), new View(note, instant(one, "since")));
        }
        List<Long> sealedTo = new ArrayList<>();
        document.path("records").path("sealedTo").forEach(end -> sealedTo.add(end.asLong(0)));
        records = new NewRecordsCheck.Place(
                document.path("records").path("leaves").asLong(0), sealedTo);
    }

    private static Instant instant(JsonNode of, String name) {
        return Instant.parse(of.path(name).asString(""));
    }

    /** Writes the file. */
    void keep() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("format", FORMAT);
        document.put("rounds", rounds);
        if (grownAt != null) {
            document.put("grownAt", grownAt.toString());
        }
        List<Object> alarms = new ArrayList<>();
        standing.forEach((subject, one) -> {
            Map<String, Object> alarm = new LinkedHashMap<>();
            alarm.put("kind", subject.kind().id());
            alarm.put("subject", subject.of());
            alarm.put("since", one.since().toString());
            alarm.put("toldAt", one.toldAt().toString());
            alarm.put("pending", one.pending());
            alarm.put("detail", one.detail());
            alarm.put("evidence", one.evidence());
            alarms.add(alarm);
        });
        document.put("alarms", alarms);
        Map<String, Object> kept = new LinkedHashMap<>();
        edges.forEach((tree, edge) -> kept.put(
                tree.path(),
                Map.of(
                        "size",
                        edge.size(),
                        "levels",
                        edge.levels().stream().map(StrictEncoding::base64).toList())));
        document.put("edges", kept);
        List<Object> shown = new ArrayList<>();
        views.forEach((of, view) -> shown.add(Map.of(
                "witness",
                of.witness(),
                "tree",
                of.tree().path(),
                "checkpoint",
                new String(view.note().bytes(), StandardCharsets.UTF_8),
                "since",
                view.since().toString())));
        document.put("views", shown);
        document.put("records", Map.of("leaves", records.leaves(), "sealedTo", records.sealedTo()));
        KeptFile.replace(file, (Texts.JSON.writeValueAsString(document) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** The alarms that stand, to be changed. */
    Map<Findings.Subject, Standing> standing() {
        return standing;
    }

    /** The right edges of the trees that were seen, to be changed. A reader must compare their roots. */
    Map<SealedLog, TreeEdge> edges() {
        return edges;
    }

    /** What witnesses showed of larger trees, to be changed. */
    Map<Viewed, View> views() {
        return views;
    }

    /** Counts a round, and returns its number, from 1. */
    long nextRound() {
        return ++rounds;
    }

    /** When this monitor first saw the tree of votes as large as it is now; null before the first look. */
    @Nullable
    Instant grownAt() {
        return grownAt;
    }

    void grew(Instant at) {
        grownAt = at;
    }

    /** Up to where leaves were held against records. */
    NewRecordsCheck.Place records() {
        return records;
    }

    void heldAgainstRecords(NewRecordsCheck.Place upTo) {
        records = upTo;
    }
}
