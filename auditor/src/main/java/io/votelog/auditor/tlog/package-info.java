/**
 * The standard formats of transparency logs (RFC 6962, section 2.1, and the specifications at c2sp.org): the tree's hashes and
 * proofs, its tiles, checkpoints and who signed them. Nothing here knows of votes, and it needs the JDK alone.
 */
@NullMarked
package io.votelog.auditor.tlog;

import org.jspecify.annotations.NullMarked;
