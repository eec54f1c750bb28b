/** Traces, which are off until somebody asks for them, and what they and metrics may tell of a request. */
@NullMarked
package io.votelog.web.traces;

import org.jspecify.annotations.NullMarked;
