/** Files that somebody gave, and files that their owner alone may read. */
@NullMarked
package io.votelog.auditor.files;

import org.jspecify.annotations.NullMarked;
