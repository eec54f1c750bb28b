/** Seals the log: two Merkle trees of what stands in it and of the verdicts on it, signed and witnessed. */
@NullMarked
package io.votelog.auditor.seal;

import org.jspecify.annotations.NullMarked;
