// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import io.votelog.events.BallotResults;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.nist.ElectionReport;
import io.votelog.web.coding.Coded;
import io.votelog.web.coding.StreamPiece;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One state of a ballot's results, written and compressed once for all readers. */
public final class ResultsView {
    private final BallotDefinition definition;
    private final @Nullable BallotResults source;
    private final ResultsDocument document;
    private final ResultsTag tag;
    private final Coded json;
    private final StreamPiece event;
    private final Map<Written, Coded> written = new ConcurrentHashMap<>();

    private ResultsView(
            BallotDefinition definition,
            @Nullable BallotResults source,
            ResultsDocument document,
            ResultsTag tag,
            Coded json,
            StreamPiece event) {
        this.definition = definition;
        this.source = source;
        this.document = document;
        this.tag = tag;
        this.json = json;
        this.event = event;
    }

    /** A form that is written when it is first asked for. */
    private sealed interface Written {
        /** A form of the CSV; there is one for each language of the ballot and each use. */
        record Csv(Optional<String> language, ResultsCsv.Use use) implements Written {}

        /** The election report. */
        record Nist() implements Written {}
    }

    /**
     * The forms of one document.
     *
     * @param definition of the ballot
     * @param source what it was made from; null where nothing was counted yet
     * @param json the document as JSON, UTF-8
     */
    public static ResultsView of(
            BallotDefinition definition, @Nullable BallotResults source, ResultsDocument document, byte[] json) {
        ResultsTag tag = ResultsTag.of(document);
        String event = "event: results\nid: %s\ndata: %s\n\n"
                .formatted(tag.eventId().text(), new String(json, StandardCharsets.UTF_8));
        return new ResultsView(
                definition,
                source,
                document,
                tag,
                new Coded(json),
                new StreamPiece(event.getBytes(StandardCharsets.UTF_8)));
    }

    /** The results from which the view was made. */
    @Nullable
    BallotResults source() {
        return source;
    }

    /** The document that all forms show. */
    public ResultsDocument document() {
        return document;
    }

    /** What tells this document from older and newer ones. */
    public ResultsTag tag() {
        return tag;
    }

    /** The document as JSON. */
    public Coded json() {
        return json;
    }

    /** The document as a server-sent event. */
    StreamPiece event() {
        return event;
    }

    /**
     * The results as CSV.
     *
     * @param language a language that {@link ResultsCsv#language} gave for this document
     */
    Coded csv(@Nullable String language, ResultsCsv.Use use) {
        return written.computeIfAbsent(
                new Written.Csv(Optional.ofNullable(language), use),
                form -> new Coded(ResultsCsv.write(document, language, use)));
    }

    /** The results as an election report (NIST SP 1500-100), in all the ballot's languages. */
    Coded nist() {
        return written.computeIfAbsent(
                new Written.Nist(),
                form -> new Coded(ElectionReport.json(definition, document.counted(definition.ballot()))));
    }

    long version() {
        return document.version();
    }

    boolean isFinal() {
        return document.status() == BallotPhase.FINAL;
    }
}
