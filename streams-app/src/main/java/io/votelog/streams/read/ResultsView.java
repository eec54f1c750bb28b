package io.votelog.streams.read;

import io.votelog.events.BallotResults;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One state of a ballot's results, written out once for all who read it.
 *
 * @param source what it was made from
 * @param json the document
 * @param event the same as a server-sent event
 */
record ResultsView(
        @Nullable BallotResults source, ResultsDocument document, ResultsTag tag, byte[] json, byte[] event) {

    static ResultsView of(@Nullable BallotResults source, ResultsDocument document, byte[] json) {
        ResultsTag tag = ResultsTag.of(document);
        String event = "event: results\nid: %s\ndata: %s\n\n"
                .formatted(tag.seen().eventId(), new String(json, StandardCharsets.UTF_8));
        return new ResultsView(source, document, tag, json, event.getBytes(StandardCharsets.UTF_8));
    }

    long version() {
        return document.version();
    }

    boolean isFinal() {
        return document.status() == Status.FINAL;
    }
}
