/** The traces of votes (OpenTelemetry) up to their verdicts. */
@NullMarked
package io.votelog.streams.traces;

import org.jspecify.annotations.NullMarked;
