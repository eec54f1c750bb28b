/** Decides every vote of a partition again and counts it. Nothing here uses the code that counts for the public. */
@NullMarked
package io.votelog.auditor.count;

import org.jspecify.annotations.NullMarked;
