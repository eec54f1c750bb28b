/**
 * Seals the log: two Merkle trees over its records and over the verdicts on them, signed and witnessed. Checking a
 * sealed log is in {@code verify}.
 */
@NullMarked
package io.votelog.auditor.seal;

import org.jspecify.annotations.NullMarked;
