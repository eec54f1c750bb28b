/** What traces and metrics may tell of a request. */
@NullMarked
package io.votelog.web.traces;

import org.jspecify.annotations.NullMarked;
