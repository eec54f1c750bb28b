/**
 * Promises: what voters keep of a gateway's answers, checked by itself and held against a log. A promised vote that is not there is a
 * proof against whoever keeps the log.
 */
@NullMarked
package io.votelog.auditor.promise;

import org.jspecify.annotations.NullMarked;
