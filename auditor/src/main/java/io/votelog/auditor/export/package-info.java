/** What a log comes to, as files. */
@NullMarked
package io.votelog.auditor.export;

import org.jspecify.annotations.NullMarked;
