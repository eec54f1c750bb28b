/**
 * Where records come from: a running log, or a copy of it in a folder; and writing such a copy. Records are passed on
 * as bytes; nothing is decided about them here.
 */
@NullMarked
package io.votelog.auditor.source;

import org.jspecify.annotations.NullMarked;
