/**
 * The standard formats of transparency logs (RFC 6962, section 2.1, and the specifications at c2sp.org): a tree's
 * hashes and proofs, checkpoints, signatures, witnesses. Nothing here knows of votes, and nothing but the JDK is used.
 * Tiles are in {@code tlog.tiles}.
 */
@NullMarked
package io.votelog.auditor.tlog;

import org.jspecify.annotations.NullMarked;
