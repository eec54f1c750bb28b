// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.monitor;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What a round looked at, and what it found. What it did not look at is neither found nor over. */
final class Findings {
    private final Map<Subject, Optional<Finding>> looked = new LinkedHashMap<>();

    /**
     * What an alarm is raised for once.
     *
     * @param of what of the log it is about: a tree, a witness and a tree, or empty for the whole
     */
    record Subject(AlarmKind kind, String of) {}

    /**
     * @param detail what was found, in a sentence
     * @param evidence files that prove it, by their names; empty where it is no proof
     */
    record Finding(String detail, Map<String, byte[]> evidence) {}

    void found(AlarmKind kind, String of, String detail) {
        found(kind, of, detail, Map.of());
    }

    /** Notes a fault; the first one of a subject is kept. */
    void found(AlarmKind kind, String of, String detail, Map<String, byte[]> evidence) {
        Subject subject = new Subject(kind, of);
        if (!isFound(subject)) {
            looked.put(subject, Optional.of(new Finding(detail, evidence)));
        }
    }

    /** Notes that this was looked at, and that nothing is wrong with it, unless a fault was noted. */
    void fine(AlarmKind kind, String of) {
        looked.putIfAbsent(new Subject(kind, of), Optional.empty());
    }

    void addAll(Findings more) {
        more.looked.forEach((subject, finding) -> finding.ifPresentOrElse(
                one -> found(subject.kind(), subject.of(), one.detail(), one.evidence()),
                () -> fine(subject.kind(), subject.of())));
    }

    /** Takes over what is proven, whatever else was found beside it. */
    void addProven(Findings more) {
        more.looked.forEach((subject, finding) -> {
            if (subject.kind().proven()) {
                finding.ifPresent(one -> found(subject.kind(), subject.of(), one.detail(), one.evidence()));
            }
        });
    }

    /** Whether a fault of this kind was found. */
    boolean has(AlarmKind kind) {
        return looked.entrySet().stream()
                .anyMatch(entry ->
                        entry.getKey().kind() == kind && entry.getValue().isPresent());
    }

    private boolean isFound(Subject subject) {
        return looked.getOrDefault(subject, Optional.empty()).isPresent();
    }

    /** What was looked at, and the fault where there is one. */
    Map<Subject, Optional<Finding>> looked() {
        return looked;
    }
}
