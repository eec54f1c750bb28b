/**
 * Transparency logs in the standard formats: RFC 6962 hashing, and C2SP's tlog-tiles, tlog-checkpoint, signed-note, tlog-proof,
 * tlog-cosignature, tlog-witness and tlog-policy. It knows nothing of votes.
 */
@NullMarked
package io.votelog.auditor.tlog;

import org.jspecify.annotations.NullMarked;
