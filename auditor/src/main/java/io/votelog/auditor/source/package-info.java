/** Where records come from: a running log, or a copy of it in a folder. */
@NullMarked
package io.votelog.auditor.source;

import org.jspecify.annotations.NullMarked;
